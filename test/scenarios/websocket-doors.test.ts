import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { valuesOf } from '../kit/recorder.ts'
import { startWebSockets } from '../kit/websockets.ts'

const HANDSHAKE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

test('WSK-01: a handshake goes through the same doors as any request: credentials, origins, limits, addresses', async (t) => {
  const service = await startWebSockets(t)
  const { port } = await startGateway(
    t,
    `authenticators: { keys: { apiKey: { header: x-api-key } } }
consumers: [{ name: acme, apiKeys: ["sha256:${hash('sha256', 'K')}"] }]
routes:
  - path: /ws
    to: "${service.url}"
    auth: keys
    identity: { headers: { x-who: consumer.name } }
    rateLimit: 3/min
    websocket: { origins: https://app.test }
  - { path: /closed, to: "${service.url}", ip: { deny: 127.0.0.1 } }
`,
  )
  const clients: RawClient[] = []
  t.after(() => clients.forEach((client) => client.close()))
  const shake = async (lines: string, path = '/ws'): Promise<string> => {
    const client = new RawClient(port).send(
      `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${HANDSHAKE}${lines}\r\n`,
    )
    clients.push(client)
    return client.untilReceived('\r\n\r\n')
  }
  const none = await shake('')
  assert.match(none, /^HTTP\/1\.1 401 /)
  assert.equal(valuesOf(none, 'www-authenticate').length, 1)
  assert.match(await shake('X-API-Key: wrong\r\n'), /^HTTP\/1\.1 401 /)
  assert.match(await shake('', '/closed'), /^HTTP\/1\.1 403 /)
  assert.equal(service.requests.length, 0, 'the service is not asked')
  const known = 'X-API-Key: K\r\nOrigin: https://app.test\r\n'
  const foreign = 'X-API-Key: K\r\nOrigin: https://evil.test\r\n'
  assert.match(await shake(foreign), /^HTTP\/1\.1 403 /)
  const statuses: string[] = []
  for (let n = 0; n < 5; n++) statuses.push((await shake(known)).slice(9, 12))
  // Those refused were not counted.
  assert.deepEqual(statuses, ['101', '101', '101', '429', '429'])
  assert.equal(service.requests.length, 3)
  assert.equal(service.requests[0]!.headers['x-who'], 'acme')
  assert.equal(service.requests[0]!.headers['x-api-key'], undefined)
})
