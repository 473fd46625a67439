import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { until } from '../kit/until.ts'
import { connected, connectTo, startWebSockets } from '../kit/websockets.ts'

const route = (url: string, rest = ''): string => `routes: [{ path: /ws, to: "${url}"${rest} }]\n`

test('a WebSocket passes without a word in the file: texts, bytes, pings and the Close frame', async (t) => {
  const service = await startWebSockets(t)
  const { port, metric, accessLog } = await startGateway(t, route(service.url))
  const client = await connected(t, port, '/ws?room=1')
  await client.echoes('hello')
  await client.echoes('x'.repeat(70_000))
  let pongs = 0
  client.socket.on('pong', () => pongs++)
  client.socket.ping('are you there')
  await until(() => pongs === 1)
  assert.equal(await metric('portcullis_tunnels'), 1)
  assert.equal(await metric('portcullis_requests_in_progress'), 0)
  assert.equal(service.requests[0]!.url, '/ws?room=1')
  assert.equal(service.requests[0]!.headers['x-forwarded-for'], '127.0.0.1')

  client.socket.close(1000, 'done')
  await until(() => client.code() !== undefined)
  assert.equal(client.code(), 1000)
  const [line] = await accessLog(1)
  assert.equal(line!['status'], 101)
  assert.equal(line!['fault'], undefined)
  assert.equal(line!['complete'], undefined)
  assert.ok(Number(line!['bytesIn']) > 70_000 && Number(line!['bytesOut']) > 70_000)
  await until(async () => (await metric('portcullis_tunnels')) === 0)
  await until(async () => (await metric('portcullis_service_connections')) === 0)
  assert.equal(await metric('portcullis_connections'), 0)
})

test('the access log has its line when a WebSocket ends, and not before', async (t) => {
  const service = await startWebSockets(t)
  const { port, url, accessLog } = await startGateway(t, route(service.url))
  const client = await connected(t, port)
  await fetch(`${url}/nothing`)
  assert.deepEqual(
    (await accessLog(1)).map(({ status }) => status),
    [404],
  )
  client.socket.close()
  assert.equal((await accessLog(2))[1]!['status'], 101)
})

test('subprotocols and extensions pass as they are: messages are compressed from end to end', async (t) => {
  const service = await startWebSockets(t, {
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (offered) => (offered.has('v2') ? 'v2' : false),
  })
  const { port } = await startGateway(t, route(service.url))
  const client = await connected(t, port, '/ws', {
    protocols: ['v1', 'v2'],
    perMessageDeflate: { threshold: 0 },
  })
  assert.equal(client.socket.protocol, 'v2')
  assert.match(client.socket.extensions, /permessage-deflate/)
  await client.echoes('again '.repeat(10_000))
})

test('messages of megabytes and messages in many fragments arrive as they were sent', async (t) => {
  const service = await startWebSockets(t)
  const { port } = await startGateway(t, route(service.url))
  const client = await connected(t, port)
  await client.echoes('0123456789abcdef'.repeat(1 << 18))
  for (let n = 0; n < 50; n++) client.socket.send(`part ${n};`, { fin: n === 49 })
  await until(() => client.heard.length === 2)
  assert.match(client.heard[1]!, /^part 0;part 1;.*part 49;$/)
})

test('WSK-06: close codes pass both ways, and a service or a client that vanishes ends the other side', async (t) => {
  const service = await startWebSockets(t)
  const { port, metric, accessLog } = await startGateway(t, route(service.url))
  const byService = await connected(t, port)
  service.sockets[0]!.close(4001, 'bye')
  await until(() => byService.code() !== undefined)
  assert.deepEqual([byService.code(), byService.reason()], [4001, 'bye'])

  const byClient = await connected(t, port)
  let heard = 0
  service.sockets[1]!.on('close', (code) => (heard = code))
  byClient.socket.close(1000)
  await until(() => heard === 1000)

  const killed = await connected(t, port)
  service.sockets[2]!.terminate()
  await until(() => killed.code() === 1006, 1_000)

  const gone = await connected(t, port)
  gone.socket.terminate()
  await until(() => service.open() === 0, 1_000)
  await until(async () => (await metric('portcullis_tunnels')) === 0)
  const faults = (await accessLog(4)).map(({ fault }) => fault)
  assert.deepEqual(faults, [undefined, undefined, 'SERVICE_RESET', 'CLIENT_GONE'])
})

test('WSK-08: the total time does not count for a WebSocket, only its own idle time, which pings prolong', async (t) => {
  const service = await startWebSockets(t)
  const { port, accessLog } = await startGateway(
    t,
    route(service.url, ', timeout: { response: 300ms, total: 300ms }, websocket: { idle: 400ms }'),
  )
  const busy = await connected(t, port)
  const quiet = await connected(t, port)
  const beats = setInterval(() => busy.socket.ping(), 100)
  t.after(() => clearInterval(beats))
  const begun = performance.now()
  await until(() => quiet.code() !== undefined)
  assert.ok(performance.now() - begun > 300)
  assert.equal(quiet.code(), 1001)
  const [line] = await accessLog(1)
  assert.equal(line!['fault'], 'IDLE_TIMEOUT')
  await until(() => performance.now() - begun > 900)
  await busy.echoes('still here')
  assert.equal(service.open(), 1)
})

test('maxDuration ends a WebSocket however busy it is, with 1001 to both sides', async (t) => {
  const service = await startWebSockets(t)
  const { port, accessLog } = await startGateway(
    t,
    route(service.url, ', websocket: { maxDuration: 300ms }'),
  )
  const client = await connected(t, port)
  let code = 0
  service.sockets[0]!.on('close', (said) => (code = said))
  const beats = setInterval(() => client.socket.ping(), 50)
  t.after(() => clearInterval(beats))
  await until(() => client.code() !== undefined && code > 0)
  assert.deepEqual([client.code(), code], [1001, 1001])
  assert.equal((await accessLog(1))[0]!['fault'], 'TOTAL_TIMEOUT')
})

test('WSK-11: a client that stops reading stops the service, memory stays, and others go on', async (t) => {
  const piece = Buffer.alloc(65_536)
  let sent = 0
  const service = await startWebSockets(t, {}, (socket) => {
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.send(data)
      else pour()
    })
    const pour = (): void =>
      socket.send(piece, (error) => {
        if (error) return
        sent += piece.length
        setImmediate(pour)
      })
  })
  const { port } = await startGateway(t, route(service.url))
  const before = process.memoryUsage.rss()
  for (let n = 0; n < 5; n++) {
    const client = await connected(t, port)
    client.socket.pause()
    client.socket.send('go')
  }
  let last = -1
  let since = performance.now()
  await until(() => {
    if (sent !== last) since = performance.now()
    last = sent
    return sent > 0 && performance.now() - since > 300
  })
  assert.ok(process.memoryUsage.rss() - before < 50 * 1_048_576)
  const other = connectTo(t, port)
  await other.settled
  other.socket.send(Buffer.from('x'))
  await until(() => other.heard.length === 1, 1_000)
})

test('a thousand WebSockets at once: each is heard, and none is left behind', async (t) => {
  const service = await startWebSockets(t)
  const { port, metric } = await startGateway(t, route(service.url))
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => connected(t, port)))
  await Promise.all(clients.map((client, n) => client.echoes(`client ${n}`)))
  assert.equal(await metric('portcullis_tunnels'), 1_000)
  for (const { socket } of clients) socket.close()
  await until(() => clients.every((client) => client.code() === 1005))
  await until(async () => (await metric('portcullis_tunnels')) === 0)
  await until(async () => (await metric('portcullis_service_connections')) === 0)
})
