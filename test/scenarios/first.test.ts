import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

test('a request reaches the service, and its reply the client', async (t) => {
  const backend = await startBackend(t)
  const { port, accessLog } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const reply = await exchange(port, 'GET /a?b=1 HTTP/1.1\r\nHost: gw.test\r\nX-A: 1\r\n\r\n')
  assert.match(reply, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(reply, /\r\n\r\nok$/)
  assert.match(backend.received(), /^GET \/a\?b=1 HTTP\/1\.1\r\nhost: gw\.test\r\nx-a: 1\r\n/)
  const [line] = await accessLog(1)
  assert.equal(line?.['status'], 200)
})
