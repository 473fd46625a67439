import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, answering, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const put = (length: number, more = ''): string =>
  `PUT /up HTTP/1.1\r\nHost: gw.test\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n${more}\r\n`

/** Says 100 when it has the head, and how long the body was when it has that. */
const counting: Answer = (connection, whole) => {
  const { socket, received } = connection
  if (received.endsWith('\r\n\r\n') && /\r\nexpect: 100-continue\r\n/i.test(received))
    socket.write(CONTINUE)
  if (!whole) return
  connection.received = ''
  const count = String(received.length - received.indexOf('\r\n\r\n') - 4)
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${count.length}\r\n\r\n${count}`)
}

test('EXP-01: a client that waits for 100 gets one, and one final reply, again and again', async (t) => {
  const backend = await startBackend(t, counting)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const client = new RawClient(port)
  for (const length of [65_536, 1, 300_000]) {
    client.received = ''
    client.send(put(length))
    await client.untilReceived(CONTINUE)
    client.send('x'.repeat(length))
    const received = await client.untilReceived(`\r\n\r\n${length}`)
    assert.equal(received.match(/HTTP\/1\.1 /g)?.length, 2)
    assert.match(received, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  }
  client.close()
})

test('a client that does not wait is served too, with at most one 100', async (t) => {
  const backend = await startBackend(t, counting)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const client = new RawClient(port).send(
    `${put(5)}helloGET /next HTTP/1.1\r\nHost: gw.test\r\n\r\n`,
  )
  const received = await client.replies(2)
  client.close()
  assert.match(
    received,
    /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n5HTTP\/1\.1 200 OK\r\n/,
  )
})

test('a service that refuses by the head gets no body, and its client no 100', async (t) => {
  const backend = await startBackend(t, (connection) => {
    if (!connection.received.endsWith('\r\n\r\n')) return
    connection.socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno')
  })
  const { port } = await startGateway(
    t,
    `routes:\n  - { path: /**, to: "${backend.url}" }\n  - { path: /own, respond: { status: 403 } }\n`,
  )
  for (const path of ['/up', '/own']) {
    const client = new RawClient(port).send(put(5).replace('/up', path))
    // The body it was not asked for is not to be taken for a request, sent late or never: so the connection ends.
    const received = await client.untilEnded()
    client.close()
    assert.match(received, /^HTTP\/1\.1 40[13] [^]*\r\nconnection: close\r\n/)
    assert.doesNotMatch(received, /100 Continue/)
  }
  assert.doesNotMatch(backend.received(), /hello/)
})

test('an expectation that is not known is refused; one without a body is nothing to wait for', async (t) => {
  const backend = await startBackend(t, answering())
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const value of ['200-ok', '100-continue, x', 'x'])
    assert.match(
      await exchange(port, put(0).replace('100-continue', value)),
      /^HTTP\/1\.1 417 [^]*EXPECTATION_FAILED/,
    )
  for (const value of ['100-continue', '100-Continue'])
    assert.match(
      await exchange(port, `GET / HTTP/1.1\r\nHost: gw.test\r\nExpect: ${value}\r\n\r\n`),
      /^HTTP\/1\.1 200 /,
    )
})

test('EXP-04: any number of interim replies, asked for or not, ends in one final reply of its own request', async (t) => {
  const interim =
    '100 Continue,102 Processing,103 Early Hints\r\nLink: </a>,103 Early Hints,199 Odd'
  const lines = interim.split(',').map((line) => `HTTP/1.1 ${line}\r\n\r\n`)
  const backend = await startBackend(
    t,
    answering((request) => (request.startsWith('GET /multi') ? lines.join('') : '') + OK),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const client = new RawClient(port)
  for (let round = 1; round <= 2; round++) {
    client.received = ''
    client.send('GET /multi HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    const received = await client.untilReceived('\r\n\r\nok')
    assert.deepEqual(received.match(/(?<=HTTP\/1\.1 )[2-5]\d\d/g), ['200'])
    assert.match(received, /HTTP\/1\.1 103 Early Hints\r\nlink: <\/a>\r\n\r\n/)
    client.received = ''
    client.send('GET /next HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    assert.match(await client.untilReceived('\r\n\r\nok'), /^HTTP\/1\.1 200 OK\r\n/)
  }
  client.close()
  assert.equal(backend.connections.length, 1)
})

test('EXP-05: an HTTP/1.0 client hears the final reply alone', async (t) => {
  const backend = await startBackend(
    t,
    answering(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${CONTINUE}${OK}`),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const old = new RawClient(port).send(`${put(5).replace('HTTP/1.1', 'HTTP/1.0')}hello`)
  assert.match(await old.untilEnded(), /^HTTP\/1\.1 200 OK\r\n(?![^]*HTTP\/1)[^]*\r\n\r\nok$/)
})
