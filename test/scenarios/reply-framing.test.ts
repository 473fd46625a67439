import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const CHUNKED = '5\r\nhello\r\n0\r\n\r\n'
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'

/** Replies that two readers could end in two places, or that are no replies. */
const refused: Readonly<Record<string, string>> = {
  'two lengths': `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello${EVIL}`,
  'two equal lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
  'a list of lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5, 50\r\n\r\nhello',
  'a length and chunked': `HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
  'chunked and a length': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${CHUNKED}`,
  'an unknown coding': `HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n${CHUNKED}`,
  'a coding after chunked': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n${CHUNKED}`,
  'chunked twice': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
  'chunked in HTTP/1.0': `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
  'a negative length': 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello',
  'a length with a sign': 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello',
  'an empty length': 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello',
  'a length that overflows': 'HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello',
  'a space before a colon': 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello',
  'a folded line': 'HTTP/1.1 200 OK\r\nX-A: 1\r\n Content-Length: 0\r\n\r\nhello',
  'a bare LF': 'HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 5\r\n\r\nhello',
  'only bare LFs': 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello',
  'a bare LF, and then silence': 'HTTP/1.1 200 OK\r\nX-A: 1\n',
  'a NUL': 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 5\r\n\r\nhello',
  'another version': 'HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'no version': '200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'a status of two digits': 'HTTP/1.1 99 OK\r\nContent-Length: 5\r\n\r\nhello',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello',
  'a switch of protocols nobody asked for': `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n${EVIL}`,
  'two lengths without a body':
    'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n',
}

test('SMG-15: a reply that can be read in two ways is 502, and its connection is not used again', async (t) => {
  let reply = OK
  const backend = await startBackend(
    t,
    answering(() => reply),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  // With a body, as a request that could be sent again would hide on which connection it was.
  const ask = (): Promise<string> =>
    exchange(port, 'POST /s HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1\r\n\r\nx')
  await ask()
  for (const [name, malformed] of Object.entries(refused))
    await t.test(name, async () => {
      const before = backend.connections.length
      reply = malformed
      const received = await ask()
      assert.match(received, /^HTTP\/1\.1 502 [^]*SERVICE_BAD_REPLY/)
      assert.doesNotMatch(received, /hello|evil/)
      reply = OK
      assert.match(await ask(), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
      assert.match(await ask(), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
      assert.equal(backend.connections.length, before + 1)
    })
})

test('what comes after a whole reply is for nobody', async (t) => {
  let reply = OK
  const backend = await startBackend(
    t,
    answering(() => reply),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const ask = (): Promise<string> => exchange(port, 'GET /s HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await ask()
  for (const [n, whole] of [
    OK,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  ].entries())
    for (const more of [EVIL, 'x', '\r\n']) {
      await t.test(`reply ${n} and ${JSON.stringify(more.slice(0, 10))}`, async () => {
        const before = backend.connections.length
        reply = whole + more
        const received = await ask()
        assert.match(received, /^HTTP\/1\.1 [23]0[04] /)
        assert.doesNotMatch(received, /evil/)
        reply = OK
        assert.match(await ask(), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
        assert.equal(backend.connections.length, before + 1)
      })
    }
})

test('what comes after a whole reply is not for the request that waits for its connection either', async (t) => {
  const backend = await startBackend(t, ({ socket, received }) => {
    if (received.includes('GET /second')) socket.write(OK)
  })
  const { port, metric } = await startGateway(
    t,
    `services: { one: { targets: "${backend.url}", connections: { max: 1 } } }\nroutes: [{ path: /**, to: one }]`,
  )
  const ask = (path: string): Promise<string> =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
  const first = ask('/first')
  await until(() => backend.received().includes('GET /first'))
  const second = ask('/second')
  await until(async () => (await metric('portcullis_requests_in_progress')) === 2)
  backend.connections[0]!.socket.write(OK + EVIL)
  assert.match(await first, /\r\n\r\nok$/)
  assert.match(await second, /\r\n\r\nok$/)
  assert.equal(backend.connections.length, 2)
})
