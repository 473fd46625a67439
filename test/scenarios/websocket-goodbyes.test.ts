import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'
import { ACCEPT, handshake, SWITCHED } from '../kit/websockets.ts'

/** Close, 1001. */
const GOING_AWAY = '\x88\x02\x03\xe9'

/** Switches, and then says nothing by itself. */
const silent: Answer = (connection, whole) => {
  if (!whole || !connection.received.startsWith('GET')) return
  connection.received = ''
  connection.socket.write(SWITCHED)
}

const one = (url: string, rest = ''): string => `routes: [{ path: /ws, to: "${url}"${rest} }]\n`

test('1001 is said at the end of a frame: what had begun comes whole, and nothing follows', async (t) => {
  const backend = await startBackend(t, silent)
  const { port, reload } = await startGateway(t, one(backend.url))
  const client = new RawClient(port).send(handshake())
  await client.untilReceived(ACCEPT)
  const { socket } = backend.connections[0]!
  socket.write('\x82\x7e\x01\x00half', 'latin1') // a frame of 256 bytes begins
  await client.untilReceived('half')
  await reload(one(backend.url, ', stripPrefix: /ws'))
  await until(() => backend.received().startsWith('\x88\x82'))
  client.send('\x81\x82\0\0\0\0yo') // too late: this side was between two frames, and was told at once
  assert.doesNotMatch(client.received, /\x88/)
  socket.write(`${'.'.repeat(252)}\x81\x02hi`, 'latin1')
  await client.untilReceived(GOING_AWAY)
  assert.ok(client.received.endsWith(`half${'.'.repeat(252)}${GOING_AWAY}`))
  assert.equal(backend.received().length, 8)
  await client.untilEnded()
})

test('whoever does not answer 1001 is cut after a moment', async (t) => {
  const backend = await startBackend(t, silent)
  const { port, reload, metric } = await startGateway(t, one(backend.url))
  const client = new RawClient(port).send(handshake())
  await client.untilReceived(ACCEPT)
  await reload(one(backend.url, ', stripPrefix: /ws'))
  await client.untilEnded()
  assert.ok(client.received.endsWith(GOING_AWAY))
  await until(() => backend.open() === 0)
  assert.equal(await metric('portcullis_tunnels'), 0)
})
