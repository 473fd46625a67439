import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { Authority } from '../kit/certificates.ts'
import { startGateway, type TestGateway } from '../kit/gateway.ts'
import { askH2, connectH2, fieldOf, sendH2 } from '../kit/h2-client.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'
import { askTls, connectTls } from '../kit/tls-client.ts'
import { until } from '../kit/until.ts'

const ca = new Authority()
const issued = ca.issue()
const TLS = `tls: { certificates: { cert: ${issued.certFile}, key: ${issued.keyFile} } }`
const listen = (options: string): string =>
  `listeners: { main: { port: 0, host: 127.0.0.1, ${options} } }`
const H2C = listen('protocols: [http1, h2c]')

const start = (t: TestContext, to: string, options = H2C, workers = 1): Promise<TestGateway> =>
  startGateway(t, `routes: [{ path: /**, to: "${to}" }]`, { listen: options, workers })

test('with TLS clients choose between HTTP/2 and HTTP/1.1', async (t) => {
  const service = await startRecorder(t)
  const gateway = await start(t, service.url, listen(TLS))
  const session = await connectH2(t, gateway.port, ca.cert)
  const reply = await askH2(session, { path: '/a?b', fields: ['te', 'trailers'] })
  assert.deepEqual([reply.status, reply.body, reply.code], [200, 'ok', 0])
  assert.equal(fieldOf(reply, 'content-length'), '2')
  assert.match(fieldOf(reply, 'x-request-id')!, /^[0-9a-f]{32}$/)
  assert.match(fieldOf(reply, 'date')!, / GMT$/)
  const request = service.request()
  assert.match(request, /^GET \/a\?b HTTP\/1\.1\r\nhost: [^]*\r\n\r\n$/)
  assert.deepEqual(valuesOf(request, 'x-forwarded-proto'), ['https'])
  assert.deepEqual(valuesOf(request, 'x-forwarded-host'), ['gw.test'])
  assert.deepEqual(valuesOf(request, 'via'), ['2 gateway'])
  assert.deepEqual(valuesOf(request, 'te'), ['trailers'])
  assert.match((await askTls(gateway.port, { ca: ca.cert })).reply, /^HTTP\/1\.1 200 OK/)
  const [first, second] = await gateway.accessLog(2)
  assert.equal(first!['protocol'], 'h2')
  assert.equal(second!['protocol'], 'http/1.1')
  assert.equal(await gateway.metric('portcullis_connections'), 1)
})

test('without TLS HTTP/2 is for those who know, beside HTTP/1.1', async (t) => {
  const service = await startRecorder(t)
  const { port } = await start(t, service.url)
  const reply = await askH2(await connectH2(t, port))
  assert.deepEqual([reply.status, reply.body], [200, 'ok'])
  assert.match(await exchange(port, 'GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n'), / 200 OK/)
  assert.match(await exchange(port, 'PRI / HTTP/1.1\r\nHost: gw.test\r\n\r\n'), / 200 OK/)
})

test('a listener need not speak HTTP/1.1', async (t) => {
  const service = await startRecorder(t)
  const plain = await start(t, service.url, listen('protocols: [h2c]'))
  const secure = await start(t, service.url, listen(`protocols: [h2], ${TLS}`))
  assert.match(await exchange(plain.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), /VERSION_NOT_SUPP/)
  assert.equal((await askH2(await connectH2(t, plain.port))).status, 200)
  assert.equal((await askH2(await connectH2(t, secure.port, ca.cert))).status, 200)
  assert.match((await askTls(secure.port, { ca: ca.cert })).reply, /^HTTP\/1\.1 505 /)
  await assert.rejects(connectTls(secure.port, { ca: ca.cert, ALPNProtocols: ['http/1.1'] }))
  const only1 = await start(t, service.url, listen(`protocols: [http1], ${TLS}`))
  const socket = await connectTls(only1.port, { ca: ca.cert, ALPNProtocols: ['h2', 'http/1.1'] })
  assert.equal(socket.alpnProtocol, 'http/1.1')
  socket.destroy()
})

test('bodies and trailers go both ways', async (t) => {
  const service = await startRecorder(
    t,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 7\r\n\r\n',
  )
  const { port } = await start(t, service.url)
  const session = await connectH2(t, port)
  const reply = await askH2(session, {
    method: 'POST',
    body: 'hello',
    trailers: { 'x-end': '1', authorization: 'no' },
  })
  assert.deepEqual([reply.status, reply.body, reply.code], [200, 'abc', 0])
  assert.equal(reply.trailers['x-sum'], '7')
  assert.equal(fieldOf(reply, 'transfer-encoding'), undefined)
  assert.match(service.request(), /\r\n\r\n5\r\nhello\r\n0\r\nx-end: 1\r\n\r\n$/)
})

test('HBH-06: what gRPC needs passes: te, and trailers of the reply', async (t) => {
  const service = await startRecorder(t, (request) =>
    valuesOf(request, 'te').join() === 'trailers'
      ? 'HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n0\r\ngrpc-status: 0\r\n\r\n'
      : 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n',
  )
  const { port } = await start(t, service.url)
  const reply = await askH2(await connectH2(t, port), {
    method: 'POST',
    path: '/pkg.Svc/Call',
    fields: ['te', 'trailers', 'content-type', 'application/grpc'],
    body: '\0\0\0\0\0',
  })
  assert.deepEqual([reply.status, reply.trailers['grpc-status']], [200, '0'])
})

test('HEAD, 204 and 304 have no body, and interim replies pass', async (t) => {
  const service = await startRecorder(t, (request) => {
    if (request.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
    if (request.startsWith('GET /304'))
      return 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n'
    if (request.startsWith('GET /204')) return 'HTTP/1.1 204 No Content\r\n\r\n'
    return 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'
  })
  const { port } = await start(t, service.url)
  const session = await connectH2(t, port)
  const head = await askH2(session, { method: 'HEAD' })
  assert.deepEqual([head.status, fieldOf(head, 'content-length'), head.code], [200, '5', 0])
  const unchanged = await askH2(session, { path: '/304' })
  assert.deepEqual([unchanged.status, fieldOf(unchanged, 'content-length')], [304, '7'])
  const nothing = await askH2(session, { path: '/204' })
  assert.deepEqual([nothing.status, fieldOf(nothing, 'content-length')], [204, undefined])
  const hinted = await askH2(session)
  assert.deepEqual([hinted.interim, hinted.status, hinted.body], [[103], 200, 'x'])
})

test('a client that expects it is told to go on when the service wants the body', async (t) => {
  const service = await startRecorder(t)
  const { port } = await start(t, service.url)
  const reply = await askH2(await connectH2(t, port), {
    method: 'POST',
    fields: ['expect', '100-continue', 'content-length', '3'],
    body: 'abc',
  })
  assert.deepEqual([reply.status, reply.interim], [200, [100]])
  assert.match(
    service.request(),
    /\r\nexpect: 100-continue\r\n[^]*\r\ncontent-length: 3\r\n\r\nabc$/,
  )
})

test('ABT-06: a reply that breaks off resets its stream, and no other', async (t) => {
  const service = await startBackend(
    t,
    answering((request) => {
      if (!request.startsWith('GET /half')) return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
      setTimeout(
        () => service.connections.find((c) => c.socket.bytesWritten > 60)!.socket.resetAndDestroy(),
        50,
      )
      return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2,\r\n'
    }),
  )
  const gateway = await start(t, service.url)
  const session = await connectH2(t, gateway.port)
  const half = sendH2(session, { path: '/half' })
  await until(() => half.body === '[1,2,')
  const slow = sendH2(session, { path: '/slow-ok' })
  await until(() => half.code >= 0 && slow.code >= 0)
  assert.deepEqual([half.status, half.code], [200, 2])
  assert.deepEqual([slow.status, slow.body, slow.code], [200, 'ok', 0])
  assert.equal((await askH2(session)).status, 200)
  const line = (await gateway.accessLog(3)).find(({ path }) => path === '/half')!
  assert.deepEqual([line['complete'], line['fault']], [false, 'REPLY_CUT'])
})

test('a client that gives up a stream stops the call, and that alone', async (t) => {
  const service = await startBackend(t, () => {})
  const gateway = await start(t, service.url)
  const session = await connectH2(t, gateway.port)
  const stream = session.request([
    ':method',
    'GET',
    ':scheme',
    'http',
    ':authority',
    'a',
    ':path',
    '/',
  ])
  stream.on('error', () => {})
  await until(() => service.open() === 1)
  stream.close(8)
  await until(() => service.open() === 0)
  const [line] = await gateway.accessLog(1)
  assert.deepEqual([line!['complete'], line!['fault']], [false, 'CLIENT_GONE'])
  assert.equal(session.closed, false)
})

test('large bodies flow both ways as fast as they are taken', async (t) => {
  const size = 3_000_000
  const service = await startRecorder(t, (request) => {
    const { length } = request.slice(request.indexOf('\r\n\r\n') + 4)
    return `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${'y'.repeat(length)}`
  })
  const { port } = await start(t, service.url, listen(TLS))
  const reply = await askH2(await connectH2(t, port, ca.cert), {
    method: 'PUT',
    fields: ['content-length', String(size)],
    body: 'x'.repeat(size),
  })
  assert.deepEqual([reply.status, reply.body.length, reply.code], [200, size, 0])
})

test('what a service says twice, and at length, passes', async (t) => {
  const long = 'v'.repeat(20_000)
  const service = await startRecorder(
    t,
    `HTTP/1.1 200 OK\r\nETag: "a"\r\nETag: "b"\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nX-Long: ${long}\r\nContent-Length: 2\r\n\r\nok`,
  )
  const { port } = await start(t, service.url)
  const { status, fields, body } = await askH2(await connectH2(t, port))
  assert.deepEqual([status, body], [200, 'ok'])
  const values = fields.filter(
    (_, i) => i % 2 === 1 && /^(?:etag|content-type|x-long)$/.test(fields[i - 1]!),
  )
  assert.deepEqual(values, ['"a"', '"b"', 'a/b', 'c/d', long])
})
