import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const post = (fields: string, method = 'POST'): string =>
  `${method} /up HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n\r\n`
const CHUNKED = post('Transfer-Encoding: chunked')
const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

test('STR-04: a body beyond its bound is 413, told or not, and no service takes it for whole', async (t) => {
  const backend = await startBackend(t)
  const { port, metric } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}", limits: { body: 64KiB } }]`,
  )
  const bound = 65_536
  const within: readonly string[] = [
    `${post(`Content-Length: ${bound}`)}${'x'.repeat(bound)}`,
    `${CHUNKED}${chunk(bound - 1)}${chunk(1)}0\r\n\r\n`,
    post('Content-Length: 0'),
  ]
  for (const text of within) assert.match(await exchange(port, text), /^HTTP\/1\.1 200 /)
  await t.test('told by its length: not a byte is passed on', async () => {
    const before = backend.received()
    for (const text of [
      post(`Content-Length: ${bound + 1}`),
      post(`Content-Length: ${bound + 1}\r\nExpect: 100-continue`),
      post('Content-Length: 999999999999999', 'GET'),
    ])
      assert.match(await exchange(port, text), /^HTTP\/1\.1 413 [^]*BODY_TOO_LARGE/)
    assert.equal(backend.received(), before)
  })
  await t.test(
    'in chunks: refused as soon as it is too much, while more is on its way',
    async () => {
      const { length } = backend.received()
      const client = new RawClient(port).send(CHUNKED)
      for (let sent = 0; sent < 20 * bound && client.received === ''; sent += 8_192) {
        client.send(chunk(8_192))
        await pause(1)
      }
      assert.match(await client.untilEnded(), /^HTTP\/1\.1 413 [^]*BODY_TOO_LARGE/)
      client.close()
      const passedOn = backend.received().slice(length)
      assert.doesNotMatch(passedOn, /\r\n0\r\n/)
      assert.ok(passedOn.length < 2 * bound, `${passedOn.length} bytes`)
    },
  )
  assert.match(await exchange(port, within[0]!), /^HTTP\/1\.1 200 /)
  assert.equal(await metric('portcullis_requests_in_progress'), 0)
})

test('DOS-02: a body that does not come, or drop by drop, is 408, and the service is let go', async (t) => {
  const backend = await startBackend(t)
  const { port, metric } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}", limits: { bodyTimeout: 400ms } }]`,
  )
  const slow: readonly (readonly [head: string, drop: string])[] = [
    [post('Content-Length: 1000000'), ''],
    [post('Content-Length: 10', 'GET'), ''],
    [CHUNKED, ''],
    [post('Content-Length: 1000000'), 'x'],
    [CHUNKED, '1\r\nx\r\n'],
    [`${CHUNKED}1;`, 'x'], // a chunk that never gets to its data
  ]
  await Promise.all(
    slow.map(async ([head, drop]) => {
      const client = new RawClient(port).send(head)
      const since = performance.now()
      while (client.received === '' && !client.ended) {
        client.send(drop)
        await pause(50)
      }
      const took = performance.now() - since
      const received = await client.untilEnded()
      assert.match(received, /^HTTP\/1\.1 408 [^]*\r\nconnection: close\r\n[^]*BODY_TIMEOUT/)
      assert.ok(took > 300 && took < 3_000, `${took} ms for ${JSON.stringify(drop)}`)
      client.close()
    }),
  )
  await until(() => backend.open() === 0)
  assert.doesNotMatch(backend.received(), /\r\n0\r\n\r\n/)
  await t.test('one that brings enough in each such time may take many of them', async () => {
    const client = new RawClient(port).send(post('Content-Length: 3000'))
    for (let n = 0; n < 10; n++) {
      client.send('x'.repeat(300))
      await pause(100)
    }
    assert.match(await client.replies(), /^HTTP\/1\.1 200 /)
    client.close()
  })
  await until(async () => (await metric('portcullis_requests_in_progress')) === 0)
})

test('a client that the service does not take from is not to blame: no time runs for it', async (t) => {
  let bytes = 0
  const takingItsTime: Answer = (connection) => {
    const { socket, received } = connection
    connection.received = ''
    if (bytes === 0) {
      socket.pause()
      setTimeout(() => socket.resume(), 800) // four times what the client has
      bytes -= received.indexOf('\r\n\r\n') + 4
    }
    bytes += received.length
    if (bytes === 30_000_000) socket.write(OK)
  }
  const backend = await startBackend(t, takingItsTime)
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}", limits: { bodyTimeout: 200ms } }]`,
  )
  const client = new RawClient(port).send(post('Content-Length: 30000000'))
  client.socket.write(Buffer.alloc(30_000_000))
  await until(() => client.received !== '', 20_000)
  assert.match(client.received, /^HTTP\/1\.1 200 /)
  client.close()
})
