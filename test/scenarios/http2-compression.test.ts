import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { askH2, connectH2 } from '../kit/h2-client.ts'
import { startRecorder } from '../kit/recorder.ts'

const H2C = { listen: 'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [h2c] } }' }

test('each character that may stand in a value comes as it is, however it was compressed', async (t) => {
  const service = await startRecorder(t, (request) => {
    const echoed = /\r\n(?:x-\d+: [^\r]*\r\n)+/.exec(request)?.[0] ?? '\r\n'
    return `HTTP/1.1 200 OK${echoed}Content-Length: 0\r\n\r\n`
  })
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, H2C)
  const session = await connectH2(t, port)
  const fields: string[] = []
  for (let code = 0x20; code <= 0xff; code++)
    // Between letters whose words are short, so that the client takes the Huffman code for it.
    if (code !== 0x7f) fields.push(`x-${code}`, `eeeeeeeeee${String.fromCharCode(code)}eeeeeeeeee`)
  for (let from = 0; from < fields.length; from += 160) {
    const some = fields.slice(from, from + 160)
    const reply = await askH2(session, { fields: some })
    assert.deepEqual(reply.fields.slice(0, some.length), some)
  }
})

test('a client may change the size of its table at any time', async (t) => {
  let asked = 0
  const service = await startRecorder(
    t,
    () =>
      `HTTP/1.1 200 OK\r\nServer: a\r\nVary: b${asked++ % 3}\r\nX-Own: c\r\nContent-Length: 0\r\n\r\n`,
  )
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${service.url}", headers: { response: { set: { x-powered-by: d } } } }]`,
    H2C,
  )
  const session = await connectH2(t, port)
  for (const headerTableSize of [4_096, 0, 100, 65_536, 64, 200, 4_096]) {
    session.settings({ headerTableSize })
    for (let i = 0; i < 4; i++) {
      const vary = `b${asked % 3}`
      const { fields } = await askH2(session)
      const of = (name: string): string | undefined => fields[fields.indexOf(name) + 1]
      const got = [of('vary'), of('x-own'), of('x-powered-by')]
      assert.deepEqual(got, [vary, 'c', 'd'], `${headerTableSize}`)
    }
  }
})
