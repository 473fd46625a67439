import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { busy, startSlow } from '../kit/busy-backends.ts'
import { startGateway } from '../kit/gateway.ts'
import { startLoad } from '../kit/load.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`

for (const workers of [2, 4]) {
  test(`with ${workers} workers under load there are never more calls under way than may be, and all are answered`, async (t) => {
    const target = busy(3)
    const backend = await startBackend(t, (connection, whole) => {
      target.answer(connection, whole)
      if (whole) connection.received = ''
    })
    const { port } = await startGateway(
      t,
      `services: { s: { targets: "${backend.url}", concurrency: { max: 5, queue: 100, timeout: 10s } } }
routes: [{ path: /**, to: s }]\n`,
      { workers },
    )
    const load = startLoad(t, { port, keptAlive: 24, anew: 8 })
    await until(() => load.answered > 1_000, 15_000)
    await load.stop()
    assert.deepEqual(load.failures, [])
    assert.equal(target.fullest(), 5)
  })
}

test('beyond the limit a call waits, and beyond the queue it is 503 with Retry-After', async (t) => {
  const { url, held } = await startSlow(t)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${url}", concurrency: { max: 1, queue: 1 } } }
routes: [{ path: /**, to: s }]\n`,
  )
  const first = new RawClient(port).send(get('/held'))
  await until(() => held.length === 1)
  const second = new RawClient(port).send(get('/held'))
  const third = new RawClient(port)
  await until(async () => {
    third.send(get('/held'))
    return (await third.replies()).includes('503')
  })
  assert.match(third.received, /\r\nretry-after: 1\r\n[^]*"code":"CONCURRENCY_FULL"/)
  held.shift()!()
  await first.untilReceived('200 OK')
  await until(() => held.length === 1)
  held.shift()!()
  await second.untilReceived('200 OK')
  for (const client of [first, second, third]) client.close()
})

test('who waited for a place too long is 503', async (t) => {
  const { url, held } = await startSlow(t)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${url}", concurrency: { max: 1, queue: 1, timeout: 100ms } } }
routes: [{ path: /**, to: s }]\n`,
  )
  const first = new RawClient(port).send(get('/held'))
  await until(() => held.length === 1)
  assert.match(await exchange(port, get('/held')), /503[^]*CONCURRENCY_FULL/)
  first.close()
})

test('a client that leaves gives its place back, in the queue and before the service', async (t) => {
  const { url, held } = await startSlow(t)
  const { port, metric } = await startGateway(
    t,
    `services: { s: { targets: "${url}", concurrency: { max: 1, queue: 1, timeout: 10s } } }
routes: [{ path: /**, to: s }]\n`,
  )
  const first = new RawClient(port).send(get('/held'))
  await until(() => held.length === 1)
  const waiting = new RawClient(port).send(get('/held'))
  const full = async (): Promise<boolean> => (await exchange(port, get('/held'))).includes('503')
  await until(full)
  waiting.close()
  await until(async () => (await metric('portcullis_requests_in_progress')) === 1)
  const last = new RawClient(port).send(get('/free'))
  await until(full)
  assert.equal(await metric('portcullis_concurrency_calls{service="s"}'), 1)
  assert.equal(await metric('portcullis_concurrency_waiting{service="s"}'), 1)
  first.close()
  await last.untilReceived('200 OK')
  assert.match(await exchange(port, get('/free')), /^HTTP\/1\.1 200/)
  last.close()
})

test('a call counts until the last byte of its reply, or until its client leaves', async (t) => {
  const backend = await startBackend(t, (connection, whole) => {
    if (!whole) return
    connection.received = ''
    connection.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')
  })
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", concurrency: { max: 1 } } }
routes: [{ path: /**, to: s }]\n`,
  )
  const first = new RawClient(port).send(get('/'))
  await first.untilReceived('ab')
  assert.match(await exchange(port, get('/')), /CONCURRENCY_FULL/)
  backend.connections[0]!.socket.write('cd')
  await first.untilReceived('abcd')
  const second = new RawClient(port).send(get('/'))
  await second.untilReceived('ab')
  first.close()
  second.close()
  const third = new RawClient(port)
  await until(async () => {
    third.send(get('/'))
    return (await third.replies()).includes('200 OK')
  })
  third.close()
})

test('a route may have its own limit, or none; routes that say the same share one', async (t) => {
  const { url, held } = await startSlow(t)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${url}", concurrency: { max: 1 } } }
routes:
  - { path: /held, to: s }
  - { path: /shared, to: s, concurrency: { max: 1 } }
  - { path: /free, to: s, concurrency: false }
  - { path: /own, to: s, concurrency: { max: 2 } }\n`,
  )
  const first = new RawClient(port).send(get('/held'))
  await until(() => held.length === 1)
  assert.match(await exchange(port, get('/shared')), /CONCURRENCY_FULL/)
  assert.match(await exchange(port, get('/free')), /^HTTP\/1\.1 200/)
  const own = new RawClient(port).send(get('/own'))
  await until(() => held.length === 2)
  for (const client of [first, own]) client.close()
})
