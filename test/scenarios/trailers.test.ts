import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'

const HEAD = 'POST /t HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n'
const withTrailers = (lines: string): string =>
  `${HEAD}Trailer: X-Sum, X-User-Id\r\n\r\n5\r\nhello\r\n0\r\n${lines}\r\n\r\n`

/** Lines that could be taken for what the gateway said in the head of the request, or decided by. */
const spoofs = [
  'X-User-Id: admin',
  'x_user_id: admin',
  'X-Tenant: admin',
  'X-Internal: admin',
  'x_internal: admin',
  'X-Forwarded-For: admin',
  'X-Forwarded-Proto: admin',
  'X_Forwarded_For: admin',
  'Forwarded: for=admin',
  'X-Request-Id: admin',
  'Via: 1.1 admin',
  'Host: admin',
  'Authorization: admin',
  'Cookie: admin',
  'Content-Type: admin',
  'Content-Encoding: admin',
  'Cache-Control: admin',
  'Connection: admin',
  'Expect: admin',
  'Traceparent: admin',
]

test('TRL-02: no trailer comes in under a name that the gateway sets, removes or owns', async (t) => {
  const backend = await startRecorder(t)
  const edits = '{ request: { set: { x-user-id: u1 }, add: { x-tenant: t1 }, remove: x-internal } }'
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}", headers: ${edits} }]`,
  )
  for (const line of spoofs)
    await t.test(line, async () => {
      const reply = await exchange(port, withTrailers(line))
      assert.match(reply, /^HTTP\/1\.1 200 /)
      assert.match(backend.request(), /\r\nx-user-id: u1\r\n/)
      assert.match(backend.request(), /\r\n5\r\nhello\r\n0\r\n\r\n$/)
      assert.doesNotMatch(backend.request(), /admin/)
    })
})

test('trailers of a request reach the service where nobody edits its head, and never frame it', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const reply = await exchange(port, withTrailers('X-Sum: 1\r\nX-Forwarded-For: admin'))
  assert.match(reply, /^HTTP\/1\.1 200 /)
  assert.match(backend.received(), /\r\n5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n$/)
  for (const line of ['Content-Length: 5', 'Transfer-Encoding: chunked'])
    assert.match(await exchange(port, withTrailers(line)), /^HTTP\/1\.1 400 /)
})

test('TRL-03: trailers that are announced and never come do no harm', async (t) => {
  const backend = await startBackend(
    t,
    answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n',
    ),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const client = new RawClient(port)
  for (let count = 1; count <= 2; count++) {
    client.received = ''
    client.send('GET /tr HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    const received = await client.untilReceived('0\r\n\r\n')
    assert.match(
      received,
      /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n(?:3\r\nabc\r\n3\r\ndef|6\r\nabcdef)\r\n0\r\n\r\n$/,
    )
  }
  client.close()
  assert.equal(backend.connections.length, 1)
})

test('trailers of a reply that would change how it is read are dropped', async (t) => {
  const dropped = [
    'Set-Cookie: a=1',
    'Location: /x',
    'Content-Type: text/html',
    'Cache-Control: public',
    'WWW-Authenticate: Basic',
    'Connection: close',
  ]
  const backend = await startBackend(
    t,
    answering(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${dropped.join('\r\n')}\r\nGrpc-Status: 0\r\n\r\n`,
    ),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const client = new RawClient(port).send('GET /t HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  const received = await client.untilReceived('grpc-status: 0\r\n\r\n')
  client.close()
  assert.match(received, /\r\n\r\n2\r\nok\r\n0\r\ngrpc-status: 0\r\n\r\n$/)
})
