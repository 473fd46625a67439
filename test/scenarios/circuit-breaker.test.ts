import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`
const BROKEN = 'HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n'
const NEW_BREAKER = 'circuitBreaker: { minRequests: 5, open: 30s }'

/** Fails every call; counts them. */
async function startBroken(t: TestContext) {
  const count = { calls: 0 }
  const backend = await startBackend(
    t,
    answering(() => {
      count.calls++
      return BROKEN
    }),
  )
  return { url: backend.url, count }
}

test('a breaker is one for all routes that say the same, in all workers; other rules have another, and false has none', async (t) => {
  const { url, count } = await startBroken(t)
  const { port, metric } = await startGateway(
    t,
    `services: { s: { targets: "${url}", ${NEW_BREAKER} } }
routes:
  - { path: /a, to: s }
  - { path: /same, to: s, timeout: 5s, retry: { attempts: 1 } }
  - { path: /other, to: s, circuitBreaker: { minRequests: 7 } }
  - { path: /never, to: s, circuitBreaker: false }\n`,
    { workers: 2 },
  )
  for (let n = 0; n < 10; n++) await exchange(port, get('/a'))
  assert.equal(count.calls, 5)
  const refused = await exchange(port, get('/same'))
  assert.match(refused, /503[^]*\r\nretry-after: (?:30|29)\r\n[^]*CIRCUIT_OPEN/)
  assert.equal(count.calls, 5)
  for (let n = 0; n < 10; n++) await exchange(port, get('/other'))
  assert.equal(count.calls, 12)
  for (let n = 0; n < 10; n++) await exchange(port, get('/never'))
  assert.equal(count.calls, 22)
  assert.equal(await metric('portcullis_circuit_open{service="s"}'), 1)
})

test('clients that leave open no breaker', async (t) => {
  const backend = await startBackend(t, () => {})
  const { port, metric } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", circuitBreaker: { minRequests: 1, errorRate: 1% } } }
routes: [{ path: /**, to: s }]\n`,
  )
  for (let n = 0; n < 5; n++) {
    const client = new RawClient(port).send(get('/'))
    await until(() => backend.received().split('GET').length > n + 1)
    client.close()
  }
  await until(async () => (await metric('portcullis_requests_in_progress')) === 0)
  assert.equal(await metric('portcullis_circuit_open{service="s"}'), 0)
})
