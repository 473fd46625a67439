import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

/** What a socket is read by at once: a download that ends with a full read fills the client's socket with its last piece. */
const READ_BYTES = 65_536

test('a service connection goes on after downloads whose last piece the client could not take at once', async (t) => {
  const length = 2 * READ_BYTES - 'HTTP/1.1 200 OK\r\nContent-Length: 131000\r\n\r\n'.length
  const backend = await startBackend(
    t,
    answering(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`),
  )
  const { port } = await startGateway(
    t,
    `services: { one: { targets: "${backend.url}", timeout: { response: 1s } } }\nroutes: [{ path: /**, to: one }]`,
  )
  const client = new RawClient(port)
  for (let n = 1; n <= 20; n++) {
    client.received = ''
    client.send('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    await until(() => client.received.length > length || client.received.includes(' 504 '))
    assert.match(client.received, /^HTTP\/1\.1 200 /, `download ${n}`)
  }
  assert.equal(backend.connections.length, 1)
  client.close()
})
