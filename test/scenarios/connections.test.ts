import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

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

test('a reload under load loses no request, and keep-alive clients see the new rules', async (t) => {
  const service = await startBackend(t)
  const routes = (generation: number): string =>
    `routes:\n  - { path: /**, to: "${service.url}" }\n  - { path: /generation, respond: "${generation}" }\n`
  const { port, url, reload } = await startGateway(t, routes(0), { workers: 2 })
  const kept = new RawClient(port)
  let running = true
  let failed = 0
  let served = 0
  const load = async (headers: Record<string, string>): Promise<void> => {
    while (running) {
      const reply = await fetch(`${url}/x`, { headers }).catch(() => undefined)
      if ((await reply?.text().catch(() => undefined)) === 'ok') served++
      else failed++
    }
  }
  const loads = [load({}), load({}), load({ connection: 'close' })]
  for (let generation = 1; generation <= 20; generation++) {
    await reload(routes(generation))
    kept.received = ''
    kept.send('GET /generation HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    await until(() => kept.received.endsWith(`\r\n\r\n${generation}`))
  }
  running = false
  await Promise.all(loads)
  kept.close()
  assert.equal(failed, 0)
  assert.ok(served > 100, `only ${served} requests were served`)
})
