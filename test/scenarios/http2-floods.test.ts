import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway, type TestGateway } from '../kit/gateway.ts'
import { askH2, connectH2 } from '../kit/h2-client.ts'
import {
  END_HEADERS,
  END_STREAM,
  frame,
  Frame,
  FrameClient,
  hpack,
  requestFields,
  setting,
  uint32,
} from '../kit/h2-frames.ts'
import { startRecorder } from '../kit/recorder.ts'
import { until } from '../kit/until.ts'

const listen = (limits = ''): { listen: string } => ({
  listen: `listeners: { main: { port: 0, host: 127.0.0.1, protocols: [h2c], limits: { ${limits} } } }`,
})
const start = (t: TestContext, to: string, limits?: string): Promise<TestGateway> =>
  startGateway(t, `routes: [{ path: /**, to: "${to}" }]`, listen(limits))

const ENHANCE_YOUR_CALM = 11
const many = (count: number, one: Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => one))
const headOf = (stream: number, flags = END_HEADERS | END_STREAM): Buffer =>
  frame(Frame.headers, flags, stream, hpack(requestFields()))

async function stillServes(t: TestContext, port: number): Promise<void> {
  assert.equal((await askH2(await connectH2(t, port))).status, 200)
}

test('streams given up one after another end the connection, and their calls', async (t) => {
  const service = await startBackend(t, () => {})
  const gateway = await start(t, service.url)
  const client = new FrameClient(gateway.port)
  for (let stream = 1; stream < 600 && !client.ended; stream += 2)
    client.send(headOf(stream), frame(Frame.reset, 0, stream, uint32(8)))
  assert.equal(await client.goaway(), ENHANCE_YOUR_CALM)
  await until(() => service.open() === 0)
  assert.equal(await gateway.metric('portcullis_requests_in_progress'), 0)
})

test('pings and settings without end end the connection', async (t) => {
  const service = await startRecorder(t)
  const { port } = await start(t, service.url)
  const ping = frame(Frame.ping, 0, 0, '12345678')
  const settings = frame(Frame.settings, 0, 0, setting(4, 65_535))
  for (const one of [ping, settings]) {
    const client = new FrameClient(port).send(many(300, one))
    assert.equal(await client.goaway(), ENHANCE_YOUR_CALM)
  }
  const calm = new FrameClient(port).send(many(50, ping)).request(1, requestFields())
  assert.equal(await calm.outcome(1), 'ok')
  calm.socket.destroy()
  await stillServes(t, port)
})

test('DATA without a byte, again and again, ends the connection', async (t) => {
  const service = await startRecorder(t)
  const { port } = await start(t, service.url)
  const client = new FrameClient(port).request(1, requestFields([], 'POST'), 0)
  client.send(many(500, frame(Frame.data, 0, 1)))
  assert.ok((await client.goaway()) > 0)
  await stillServes(t, port)
})

test('H2-02: a head without end ends the connection at its bound', async (t) => {
  const service = await startRecorder(t)
  const { port } = await start(t, service.url)
  const before = process.memoryUsage().rss
  for (const piece of [hpack(['x-a', 'b'.repeat(1_000)]), Buffer.alloc(0)]) {
    const client = new FrameClient(port).send(headOf(1, END_STREAM))
    for (let i = 0; i < 100 && !client.ended; i++) {
      client.send(many(1_000, frame(Frame.continuation, 0, 1, piece)))
      await new Promise((resolve) => void setImmediate(resolve))
    }
    await until(() => client.ended)
  }
  for (let i = 0; i < 200; i++) {
    const client = new FrameClient(port).send(headOf(1, 0), frame(Frame.continuation, 0, 1, 'x'))
    client.socket.once('connect', () => setImmediate(() => client.socket.resetAndDestroy()))
    await until(() => client.ended)
  }
  assert.ok(process.memoryUsage().rss - before < 50 * 2 ** 20)
  assert.equal(service.request(), '')
  await stillServes(t, port)
})

test('a head that is far too large is refused alone', async (t) => {
  const service = await startRecorder(t)
  const { port } = await start(t, service.url, 'headers: 4KiB')
  const client = new FrameClient(port).request(1, requestFields(['a', 'b'.repeat(12_000)]))
  assert.match(await client.outcome(1), /^reset |HEADERS_TOO_LARGE/)
  client.request(3, requestFields(['a', 'b'.repeat(5_000)]))
  assert.match(await client.outcome(3), /HEADERS_TOO_LARGE/)
  client.request(5, requestFields())
  assert.equal(await client.outcome(5), 'ok')
  client.socket.destroy()
})

test('no more streams at once than the listener allows', async (t) => {
  const service = await startBackend(t, () => {})
  const { port } = await start(t, service.url, 'streams: 3')
  const client = new FrameClient(port)
  for (const stream of [1, 3, 5, 7]) client.request(stream, requestFields())
  assert.match(await client.outcome(7), /^reset 7$|^closed$/)
  assert.ok(service.connections.length <= 3)
  client.socket.destroy()
  await until(() => service.open() === 0)
})

test('H2-08: who reads nothing, or a byte now and then, is held in bounds and let go', async (t) => {
  const size = 2 ** 20
  const service = await startRecorder(
    t,
    `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`,
  )
  const gateway = await start(t, service.url, 'idleTimeout: 1s')
  const slow = new FrameClient(gateway.port, [setting(4, 0)])
  for (let stream = 1; stream < 40; stream += 2) slow.request(stream, requestFields())
  const drip = new FrameClient(gateway.port, [setting(4, 1)]).request(1, requestFields())
  const dripping = setInterval(() => drip.send(frame(Frame.windowUpdate, 0, 1, uint32(1))), 20)
  t.after(() => clearInterval(dripping))
  const quick = await askH2(await connectH2(t, gateway.port))
  assert.equal(quick.body.length, size)
  assert.match(await slow.outcome(1), /^reset 8$|^closed$/)
  assert.match(await drip.outcome(1), /^reset 8$|^closed$/)
  await until(() => slow.ended)
  assert.equal(await gateway.metric('portcullis_requests_in_progress'), 0)
  const lines = await gateway.accessLog(22)
  assert.equal(lines.filter((line) => line['complete'] === false).length, 21)
  assert.ok(lines.every((line) => Number(line['bytesOut']) <= size))
})

test('a small reply that is never read is not complete', async (t) => {
  const service = await startRecorder(t)
  const gateway = await start(t, service.url)
  const client = new FrameClient(gateway.port, [setting(4, 0)]).request(1, requestFields())
  await until(() => client.of(Frame.headers, 1).length === 1)
  client.socket.destroy()
  const [line] = await gateway.accessLog(1)
  assert.deepEqual([line!['complete'], line!['fault']], [false, 'CLIENT_GONE'])
})

test('a body that comes drop by drop runs out of time', async (t) => {
  const service = await startRecorder(t)
  const gateway = await startGateway(
    t,
    `routes: [{ path: /**, to: "${service.url}", limits: { bodyTimeout: 300ms } }]`,
    listen(),
  )
  const client = new FrameClient(gateway.port).request(1, requestFields([], 'POST'), 0)
  const dripping = setInterval(() => client.send(frame(Frame.data, 0, 1, 'x')), 20)
  t.after(() => clearInterval(dripping))
  assert.match(await client.outcome(1), /BODY_TIMEOUT/)
  client.socket.destroy()
})
