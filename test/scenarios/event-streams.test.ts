import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type BackendConnection, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const get = (path: string, fields = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n`

const route = (url: string, rest = ''): string =>
  `routes: [{ path: /events, to: "${url}"${rest} }, { path: /ping, respond: pong }]\n`

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

const begin = (type: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`

/** Begins a reply of this type to each that asks, and leaves the rest to the test. */
async function startStream(t: Parameters<typeof startBackend>[0], type = 'text/event-stream') {
  const streams: BackendConnection[] = []
  const backend = await startBackend(t, (connection, whole) => {
    if (!whole) return
    streams.push(connection)
    connection.socket.write(begin(type))
  })
  return { backend, streams }
}

for (const type of [
  'text/event-stream',
  'application/x-ndjson',
  'application/json-seq',
  'application/grpc+proto',
]) {
  test(`SSE-02: the head and each piece of ${type} leave at once, and total does not end it`, async (t) => {
    const { backend, streams } = await startStream(t, `${type}; charset=utf-8`)
    const { port, accessLog } = await startGateway(
      t,
      route(backend.url, ', timeout: { total: 300ms, idle: 2s }'),
    )
    const client = new RawClient(port).send(get('/events'))
    await client.untilReceived('\r\n\r\n') // before anything of the body has come
    const begun = performance.now()
    for (let n = 0; n < 8; n++) {
      const sent = performance.now()
      streams[0]!.socket.write(chunk(`data: event ${n}\n\n`))
      await client.untilReceived(`event ${n}\n\n`, 300)
      assert.ok(performance.now() - sent < 300)
      await until(() => performance.now() - sent > 60)
    }
    assert.ok(performance.now() - begun > 400)
    streams[0]!.socket.write('0\r\n\r\n')
    await client.untilReceived('\r\n0\r\n\r\n')
    assert.equal((await accessLog(1))[0]!['fault'], undefined)
    client.close()
  })
}

test('an idle stream is ended; any other reply is ended by total, however busy', async (t) => {
  const idle = await startStream(t)
  const busy = await startStream(t, 'text/plain')
  const rules = 'timeout: { total: 300ms, idle: 150ms }'
  const { port, accessLog } = await startGateway(
    t,
    `routes:\n  - { path: /idle, to: "${idle.backend.url}", ${rules} }\n  - { path: /busy, to: "${busy.backend.url}", ${rules} }\n`,
  )
  const one = new RawClient(port).send(get('/idle'))
  await one.untilEnded(2_000)
  const two = new RawClient(port).send(get('/busy'))
  await until(() => busy.streams.length === 1)
  const beats = setInterval(() => busy.streams[0]!.socket.write(chunk('.')), 50)
  t.after(() => clearInterval(beats))
  await two.untilEnded(2_000)
  const faults = (await accessLog(2)).map(({ fault }) => fault)
  assert.deepEqual(faults, ['IDLE_TIMEOUT', 'TOTAL_TIMEOUT'])
  assert.doesNotMatch(one.received + two.received, /\r\n0\r\n\r\n$/)
})

test('total still counts until the head of a stream is there', async (t) => {
  const backend = await startBackend(t, () => {})
  const { port } = await startGateway(t, route(backend.url, ', timeout: { total: 200ms }'))
  assert.match(await exchange(port, get('/events')), /^HTTP\/1\.1 504 [^]*TOTAL_TIMEOUT/)
})

test('SSE-04: clients that leave end their streams at the service at once, not at the next event', async (t) => {
  const { backend, streams } = await startStream(t)
  const { port, metric } = await startGateway(t, route(backend.url))
  const clients = Array.from({ length: 50 }, () => new RawClient(port).send(get('/events')))
  await until(() => streams.length === 50)
  await Promise.all(clients.map((client) => client.untilReceived('\r\n\r\n')))
  for (const client of clients) client.close()
  await until(() => backend.open() === 0, 2_000)
  await until(async () => (await metric('portcullis_requests_in_progress')) === 0)
})

test('SSE-05: Last-Event-ID and Accept reach the service, and what it says of buffering the client', async (t) => {
  const backend = await startBackend(t, ({ socket }, whole) => {
    if (!whole) return
    const fields = 'Cache-Control: no-transform\r\nX-Accel-Buffering: no\r\n'
    socket.write(begin('text/plain').replace('\r\n\r\n', `\r\n${fields}\r\n`))
    socket.write(chunk('one'))
  })
  const { port } = await startGateway(t, route(backend.url))
  const fields = 'Accept: text/event-stream\r\nLast-Event-ID: 41\r\nAccept-Encoding: gzip\r\n'
  const client = new RawClient(port).send(get('/events', fields))
  await client.untilReceived(chunk('one'))
  assert.match(backend.received(), /\r\nlast-event-id: 41\r\n/)
  assert.match(backend.received(), /\r\naccept: text\/event-stream\r\n/)
  assert.match(client.received, /\r\ncache-control: no-transform\r\nx-accel-buffering: no\r\n/)
  assert.doesNotMatch(client.received, /content-encoding/)
  client.close()
})

test('a filter that needs replies whole refuses a stream with a fault of its own, and lets it go', async (t) => {
  const sdk = JSON.stringify(import.meta.resolve('#sdk/index'))
  const folder = await temporaryFolder(t, {
    'whole.ts': `import { defineFilter, z } from ${sdk}
export const whole = defineFilter({
  name: 'whole', summary: 'S', phase: 'transform', options: z.literal(true), body: { reply: 'whole' },
  create: () => ({ onReply(ex, reply) { reply.headers.set('x-whole', '1') } }),
})`,
  })
  const { backend } = await startStream(t)
  const plain = await startBackend(t)
  const { port } = await startGateway(
    t,
    `plugins: ${join(folder, 'whole.ts')}\nroutes:\n  - { path: /events, to: "${backend.url}", whole: true }\n` +
      `  - { path: /plain, to: "${plain.url}", whole: true }\n`,
  )
  assert.match(await exchange(port, get('/events')), /^HTTP\/1\.1 500 [^]*STREAM_NOT_HELD/)
  await until(() => backend.open() === 0)
  assert.match(await exchange(port, get('/plain')), /^HTTP\/1\.1 200 [^]*x-whole: 1[^]*ok$/)
})
