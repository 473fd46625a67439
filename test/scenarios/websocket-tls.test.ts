import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { Authority } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { until } from '../kit/until.ts'

const ca = new Authority()

test('a WebSocket over TLS on both sides: large messages, the slow reader, ends of either kind, and 1001', async (t) => {
  const { cert, key } = ca.issue({ names: ['localhost'] })
  const server = createServer({ cert, key })
  const sockets: WebSocket[] = []
  const service = new WebSocketServer({ server })
  service.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.terminate()
    server.close()
  })
  const listening = ca.issue({ names: ['127.0.0.1'] })
  const { port } = server.address() as AddressInfo
  const yaml = (rest: string): string =>
    `services: { s: { targets: "https://localhost:${port}", tls: { ca: ${ca.certFile} } } }\nroutes: [{ path: /ws, to: s${rest} }]\n`
  const gateway = await startGateway(t, yaml(''), {
    listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: { cert: ${listening.certFile}, key: ${listening.keyFile} } } } }`,
  })
  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`wss://127.0.0.1:${gateway.port}/ws`, { ca: ca.cert })
    t.after(() => socket.terminate())
    socket.on('error', () => {})
    await once(socket, 'open')
    return socket
  }

  const client = await connect()
  const heard: Buffer[] = []
  client.on('message', (data) => heard.push(data as Buffer))
  const whole = Buffer.alloc(8_388_608, 'abc')
  client.pause() // what comes back has to wait
  client.send(whole)
  client.send('after')
  await until(() => sockets[0]!.bufferedAmount > 0)
  client.resume()
  await until(() => heard.length === 2)
  assert.ok(heard[0]!.equals(whole))
  assert.equal(heard[1]!.toString(), 'after')

  const [leaves, closed] = [await connect(), await connect()]
  leaves.terminate()
  await until(() => sockets[1]!.readyState === WebSocket.CLOSED)
  sockets[2]!.terminate()
  assert.equal((await once(closed, 'close'))[0], 1006)

  const told = once(client, 'close')
  await gateway.reload(yaml(', stripPrefix: /ws'))
  assert.equal((await told)[0], 1001)
  await until(async () => (await gateway.metric('portcullis_tunnels')) === 0)
})
