import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { Authority } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { askH2, connectH2, sendH2 } from '../kit/h2-client.ts'
import { frame, Frame, FrameClient, requestFields } from '../kit/h2-frames.ts'
import { RawClient } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'
import { until } from '../kit/until.ts'

const H2C = 'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [http1, h2c] } }'
/** What the first GOAWAY names: what comes until the client has heard it is served. */
const ANY = 2 ** 31 - 1
const lastStreams = (client: FrameClient): number[] =>
  client.of(Frame.goaway, 0).map(({ payload }) => payload.readUInt32BE(0))

test('who leaves says so at once: what was asked before is served, then each connection ends', async (t) => {
  const service = await startBackend(t, () => {})
  const { stop, port } = await startGateway(
    t,
    `routes: [{ path: /hello, respond: hello }, { path: /**, to: "${service.url}" }]`,
    { listen: H2C },
  )
  const hello = requestFields([], 'GET', '/hello')
  const fresh = new FrameClient(port)
  const idle = new FrameClient(port).request(1, hello)
  const busy = new FrameClient(port).request(1, requestFields())
  const undecided = new RawClient(port)
  assert.equal(await idle.outcome(1), 'hello')
  await until(() => service.open() === 1 && fresh.frames.length >= 2)
  const stopped = stop(400, 5_000)
  await until(() => lastStreams(idle).length === 2 && lastStreams(busy).length === 2)
  const [idleLast, busyLast] = [lastStreams(idle), lastStreams(busy)]
  assert.deepEqual([idleLast, busyLast, lastStreams(fresh)], [[ANY, 1], [ANY, 1], []])
  fresh.request(1, hello)
  assert.equal(await fresh.outcome(1), 'hello')
  await until(() => lastStreams(fresh).length === 2)
  assert.deepEqual(lastStreams(fresh), [ANY, 1])
  const late = new FrameClient(port).request(1, hello)
  assert.equal(await late.outcome(1), 'hello')
  busy.request(3, hello)
  service.connections[0]!.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.equal(await busy.outcome(1), 'ok')
  await stopped
  await until(() => [fresh, idle, busy, late, undecided].every(({ ended }) => ended))
  assert.deepEqual([busy.of(Frame.headers, 3), lastStreams(busy).at(-1)], [[], 1])
})

test('what is not done at the deadline is cut, and counted', async (t) => {
  const service = await startBackend(t, () => {})
  const { stop, port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen: H2C,
  })
  const session = await connectH2(t, port)
  const replies = [sendH2(session), sendH2(session)]
  await until(() => service.open() === 2)
  await stop()
  await until(() => replies.every(({ code }) => code >= 0))
  assert.ok(replies.every(({ ended, status }) => !(ended && status === 200)))
})

test('an idle connection is told to go, and one that says nothing goes too', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen:
      'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [http1, h2c], limits: { idleTimeout: 1s } } }',
  })
  const client = new FrameClient(port).request(1, requestFields())
  const [silent, begun] = [new RawClient(port), new RawClient(port).send('PRI * HT')]
  assert.equal(await client.outcome(1), 'ok')
  assert.equal(await client.goaway(), 0)
  await silent.untilEnded()
  await begun.untilEnded()
})

test('a client that closes its side is gone, with all it asked', async (t) => {
  const service = await startBackend(t, () => {})
  const gateway = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen: H2C,
  })
  const client = new FrameClient(gateway.port)
    .request(1, requestFields())
    .request(3, requestFields())
  await until(() => service.open() === 2)
  client.socket.end()
  await until(() => service.open() === 0 && client.ended)
  assert.deepEqual(
    (await gateway.accessLog(2)).map(({ fault }) => fault),
    ['CLIENT_GONE', 'CLIENT_GONE'],
  )
  await until(async () => (await gateway.metric('portcullis_connections')) === 0)
})

test('a client that says GOAWAY gets what it asked before', async (t) => {
  const service = await startBackend(t, () => {})
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen: H2C,
  })
  const client = new FrameClient(port).request(1, requestFields())
  await until(() => service.open() === 1)
  client.send(frame(Frame.goaway, 0, 0, Buffer.alloc(8)))
  service.connections[0]!.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.equal(await client.outcome(1), 'ok')
  client.socket.destroy()
})

test('each stream must be for a host that its certificate is for', async (t) => {
  const ca = new Authority()
  const [a, b] = [ca.issue({ names: ['gw.test'] }), ca.issue({ names: ['b.test'] })]
  const list = [a, b].map(({ certFile, keyFile }) => `{ cert: ${certFile}, key: ${keyFile} }`)
  const { port } = await startGateway(t, 'routes: [{ path: /**, respond: hello }]', {
    listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: [${list.join()}] } } }`,
    workers: 2,
  })
  const session = await connectH2(t, port, ca.cert)
  assert.equal((await askH2(session)).status, 200)
  assert.equal((await askH2(session, { authority: 'b.test' })).status, 421)
  assert.equal((await askH2(session)).status, 200)
})

test('a body that nobody wants is not waited for', async (t) => {
  const { port } = await startGateway(t, 'routes: [{ path: /**, respond: hello }]', { listen: H2C })
  const client = new FrameClient(port).request(1, requestFields([], 'POST'), 0)
  assert.equal(await client.outcome(1), 'hello')
  await until(() => client.of(Frame.reset, 1).length === 1)
  assert.equal(client.of(Frame.reset, 1)[0]!.payload.readUInt32BE(), 0)
  client.request(3, requestFields())
  assert.equal(await client.outcome(3), 'hello')
  client.socket.destroy()
})

test('with TLS, too, a client hears that it should go elsewhere', async (t) => {
  const ca = new Authority()
  const { certFile, keyFile } = ca.issue()
  const service = await startBackend(t, () => {})
  const { stop, port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: { cert: ${certFile}, key: ${keyFile} } } } }`,
    workers: 2,
  })
  const session = await connectH2(t, port, ca.cert)
  const last: (number | undefined)[] = []
  session.on('goaway', (_code, stream) => last.push(stream))
  const reply = sendH2(session, { method: 'POST', body: 'x'.repeat(10_000) })
  await until(() => service.open() === 1)
  const stopped = stop(200, 5_000)
  await until(() => last.length > 1)
  service.connections[0]!.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  await until(() => reply.code >= 0)
  assert.deepEqual([reply.status, reply.body, reply.code, last], [200, 'ok', 0, [ANY, 1]])
  await stopped
})

test('the certificate that a client showed holds for all its streams', async (t) => {
  const ca = new Authority()
  const [own, anna] = [ca.issue(), ca.issue({ names: [], subject: 'anna' })]
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${service.url}", clientCertificate: { forward: true } }]`,
    {
      listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: { cert: ${own.certFile}, key: ${own.keyFile} }, clientCertificates: { ca: ${ca.certFile}, mode: optional } } } }`,
    },
  )
  const shown = await connectH2(t, port, ca.cert, anna)
  for (const fields of [[], ['client-cert', ':AAAA:']]) {
    assert.equal((await askH2(shown, { fields })).status, 200)
    assert.equal(valuesOf(service.request(), 'client-cert').length, 1)
    assert.doesNotMatch(service.request(), /:AAAA:/)
  }
  assert.equal((await askH2(await connectH2(t, port, ca.cert))).status, 403)
})
