import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'
import { connected, connectTo, handshake, startWebSockets, SWITCHED } from '../kit/websockets.ts'

const route = (url: string, rest = ''): string => `routes: [{ path: /ws, to: "${url}"${rest} }]\n`

test('the features of a route hold for the handshake as for any request, on the way in and on the way out', async (t) => {
  const service = await startWebSockets(t)
  const { port } = await startGateway(
    t,
    `routes:
  - path: /chat/{room}
    to: "${service.url}"
    rewrite: "/rooms/{room}"
    headers: { request: { set: { x-room: "{room}" } }, response: { set: { x-shown: "1" } } }
`,
  )
  const client = new RawClient(port).send(handshake({}, 'GET /chat/7 HTTP/1.1'))
  await client.untilReceived('\r\n\r\n')
  assert.match(client.received, /^HTTP\/1\.1 101 [^]*\r\nx-shown: 1\r\n/)
  assert.equal(service.requests[0]!.url, '/rooms/7')
  assert.equal(service.requests[0]!.headers['x-room'], '7')
  client.close()
})

test('websocket: false refuses the handshake with 403; other requests of the route pass', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(t, route(backend.url, ', websocket: false'))
  assert.match(await exchange(port, handshake()), /^HTTP\/1\.1 403 [^]*UPGRADE_REFUSED/)
  assert.equal(backend.received(), '')
  assert.match(await exchange(port, 'GET /ws HTTP/1.1\r\nHost: gw.test\r\n\r\n'), / 200 /)
})

test('WSK-01: origins lets pages of these origins connect, and none else; who is no browser may', async (t) => {
  const service = await startWebSockets(t)
  const { port } = await startGateway(
    t,
    route(
      service.url,
      ', websocket: { origins: ["https://app.example", "http://localhost:5173"] }',
    ),
  )
  const refused = [
    'https://app.example.evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://APP.example',
    'https://app.example/',
    'null',
  ]
  for (const origin of refused) {
    const client = connectTo(t, port, '/ws', { origin })
    await client.settled
    assert.equal(client.refusedWith(), 403, origin)
  }
  const twice = handshake({ origin: 'https://app.example' }).replace(
    '\r\n\r\n',
    '\r\norigin: https://app.example\r\n\r\n',
  )
  assert.match(await exchange(port, twice), /^HTTP\/1\.1 403 [^]*ORIGIN_NOT_ALLOWED/)
  assert.equal(service.sockets.length, 0)
  await connected(t, port, '/ws', { origin: 'https://app.example' })
  await connected(t, port, '/ws', { origin: 'http://localhost:5173' })
  await connected(t, port)
})

test('connections is exact over workers; a place is free again when its WebSocket ends, or was refused', async (t) => {
  const service = await startWebSockets(t)
  const { port } = await startGateway(
    t,
    `routes:\n  - { path: /ws, to: "${service.url}", websocket: { connections: 20 } }\n`,
    { workers: 2 },
  )
  const clients = Array.from({ length: 60 }, () => connectTo(t, port))
  await Promise.all(clients.map(({ settled }) => settled))
  const open = clients.filter((client) => client.refusedWith() === undefined)
  assert.equal(open.length, 20)
  assert.ok(clients.every((client) => [undefined, 503].includes(client.refusedWith())))
  const full = await exchange(port, handshake())
  assert.match(full, /^HTTP\/1\.1 503 [^]*\r\nretry-after: 5\r\n[^]*TUNNELS_FULL/)
  open[0]!.socket.close()
  await until(async () => {
    const next = connectTo(t, port)
    await next.settled
    return next.refusedWith() === undefined
  })
  const last = connectTo(t, port)
  await last.settled
  assert.equal(last.refusedWith(), 503)
})

test('a handshake that the service refuses takes no place for long', async (t) => {
  const backend = await startBackend(
    t,
    answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'),
  )
  const { port } = await startGateway(t, route(backend.url, ', websocket: { connections: 1 }'))
  for (let n = 0; n < 3; n++) assert.match(await exchange(port, handshake()), /^HTTP\/1\.1 403 /)
})

test('the place that concurrency gives to a call is kept for as long as its WebSocket is open', async (t) => {
  const service = await startWebSockets(t)
  const { port, metric } = await startGateway(
    t,
    route(service.url, ', concurrency: { max: 1, queue: 0 }'),
  )
  const client = await connected(t, port)
  assert.match(await exchange(port, handshake()), /^HTTP\/1\.1 503 [^]*CONCURRENCY_FULL/)
  client.socket.close()
  await until(async () => (await metric('portcullis_tunnels')) === 0)
  await connected(t, port)
})

test('WebSockets take none of the connections that calls of the service may have', async (t) => {
  const service = await startWebSockets(t)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${service.url}", connections: { max: 1 } } }\nroutes: [{ path: /ws, to: s }]\n`,
  )
  await connected(t, port)
  await connected(t, port)
  assert.match(await exchange(port, 'GET /ws HTTP/1.1\r\nHost: gw.test\r\n\r\n'), / 426 /)
})

test('a handshake is neither mirrored nor hedged', async (t) => {
  const copy = await startBackend(t)
  const slow = await startWebSockets(t)
  const { port } = await startGateway(
    t,
    route(
      slow.url,
      `, mirror: { to: "${copy.url}", share: 100% }, hedge: { after: 1ms, budget: 100% }`,
    ),
  )
  const client = await connected(t, port)
  await client.echoes('one')
  assert.equal(slow.sockets.length, 1)
  assert.equal(copy.received(), '')
})

test('a client that ends its side before the answer may listen on, where halfClose says so; the service hears of it', async (t) => {
  const backend = await startBackend(t, () => {})
  const { port } = await startGateway(t, route(backend.url), {
    listen: 'listeners: { main: { host: 127.0.0.1, port: 0, halfClose: answer } }',
  })
  const client = new RawClient(port).send(handshake())
  await until(() => backend.received() !== '')
  const { socket } = backend.connections[0]!
  let hasEnded = false
  socket.on('end', () => (hasEnded = true))
  socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
  client.socket.end()
  await client.untilReceived(' 103 ')
  socket.write(SWITCHED)
  await client.untilReceived(' 101 ')
  await until(() => hasEnded)
  await client.untilEnded()
})
