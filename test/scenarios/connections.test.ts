import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'

/** What a socket is read by at once: an upload that ends with a full read fills the service's socket with its last piece. */
const READ_BYTES = 65_536

test('a connection goes on after uploads whose last piece the service could not take at once', async (t) => {
  const service = await startBackend(t, answering())
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`)
  const client = new RawClient(port)
  for (let upload = 1; upload <= 20; upload++) {
    const head = 'POST /up HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 130000\r\n\r\n'
    const length = 2 * READ_BYTES - head.length
    client.send(head.replace('130000', String(length)) + 'x'.repeat(length))
    const received = await client.replies(upload)
    assert.equal(received.match(/HTTP\/1\.1 200 OK/g)?.length, upload)
  }
  client.close()
})
