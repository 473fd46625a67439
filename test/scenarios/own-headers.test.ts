import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

test('a client cannot have what the gateway adds removed by naming it in Connection', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}", headers: { request: { set: { x-user-id: u1 } } } }]`,
  )
  const named = 'X-User-Id, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Request-Id'
  const reply = await exchange(
    port,
    `GET /me HTTP/1.1\r\nHost: gw.test\r\nConnection: close, ${named}\r\nX-User-Id: admin\r\n\r\n`,
  )
  assert.match(reply, /^HTTP\/1\.1 200 /)
  const received = backend.received()
  assert.match(received, /\r\nx-user-id: u1\r\n/)
  assert.match(received, /\r\nx-forwarded-for: 127\.0\.0\.1\r\n/)
  assert.match(received, /\r\nx-forwarded-host: gw\.test\r\n/)
  assert.match(received, /\r\nx-forwarded-proto: http\r\n/)
  assert.match(received, new RegExp(`\r\nx-forwarded-port: ${port}\r\n`))
  assert.match(received, /\r\nx-request-id: [0-9a-f]{32}\r\n/)
  assert.doesNotMatch(received, /admin/)
})
