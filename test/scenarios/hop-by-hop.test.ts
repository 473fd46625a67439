import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'

/** What a client may send, and the name that must not be among what the service gets. */
const removed: Readonly<Record<string, string>> = {
  'Connection: X-Custom\r\nX-Custom: secret': 'x-custom',
  'X-Custom: secret\r\nConnection: X-Custom': 'x-custom',
  'Connection: close, x-CUSTOM\r\nX-Custom: a\r\nx-custom: b': 'x-custom',
  'Keep-Alive: timeout=5': 'keep-alive',
  'Proxy-Connection: keep-alive': 'proxy-connection',
  'Proxy-Authorization: Basic YTpi': 'proxy-authorization',
  'Proxy-Authenticate: Basic': 'proxy-authenticate',
  'Proxy: http://evil.test': 'proxy',
  'TE: gzip': 'te',
  'Connection: TE\r\nTE: gzip;q=0.5': 'te',
  'Trailer: X-Sum': 'trailer',
  'Upgrade: h2c\r\nConnection: keep-alive': 'upgrade',
  'HTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: HTTP2-Settings': 'http2-settings',
}

test('HBH-01: what is meant for this connection alone ends here, also when Connection names it', async (t) => {
  const backend = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [lines, name] of Object.entries(removed))
    await t.test(lines, async () => {
      const reply = await exchange(
        port,
        `GET /a HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\nX-Keep: yes\r\n\r\n`,
      )
      assert.match(reply, /^HTTP\/1\.1 200 /)
      assert.doesNotMatch(backend.request(), new RegExp(`\r\n${name}:`, 'i'))
      assert.doesNotMatch(backend.request(), /\r\nconnection:/i)
      assert.match(backend.request(), /\r\nx-keep: yes\r\n/)
    })
})

test('a client cannot have removed what is meant for the service', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const lines = [
    'Authorization: Bearer x',
    'Cookie: a=1',
    'Content-Type: text/plain',
    'Cache-Control: no-store',
    'Content-Length: 5',
  ]
  const named = `Host, ${lines.map((line) => line.split(':')[0]).join(', ')}`
  const reply = await exchange(
    port,
    `POST /a HTTP/1.1\r\nHost: gw.test\r\nConnection: ${named}, X-Not\r\n${lines.join('\r\n')}\r\nX-Not: 1\r\n\r\nhello`,
  )
  assert.match(reply, /^HTTP\/1\.1 200 /)
  const received = backend.received().toLowerCase()
  for (const line of [...lines, 'Host: gw.test'])
    assert.ok(received.includes(`\r\n${line.toLowerCase()}\r\n`), line)
  assert.doesNotMatch(received, /x-not/)
})

test('what a service says to the gateway alone does not reach the client', async (t) => {
  const backend = await startBackend(
    t,
    answering(
      'HTTP/1.1 200 OK\r\nConnection: X-Inner ,\tx-other\r\nX-Inner: 1\r\nX-OTHER: 2\r\n' +
        'Keep-Alive: timeout=60\r\nProxy-Connection: keep-alive\r\nProxy-Authenticate: Basic\r\n' +
        'Upgrade: h2c\r\nTE: gzip\r\nX-Keep: yes\r\nContent-Length: 2\r\n\r\nok',
    ),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const reply = await exchange(port, 'GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  assert.match(reply, /^HTTP\/1\.1 200 OK\r\nx-keep: yes\r\n[^]*\r\n\r\nok$/)
  assert.doesNotMatch(
    reply,
    /\r\n(?:x-inner|x-other|keep-alive|proxy-connection|proxy-authenticate|upgrade|te|connection):/i,
  )
})
