import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

/** A server that answers with whatever status it is told to; that holds answers back; that ends and begins anew. */
class Moody {
  status = 200
  calls = 0
  port = 0
  #isHolding = false
  #held: ServerResponse[] = []
  #http = createServer()

  async start(): Promise<void> {
    this.#http = createServer(({ url }, response) => {
      if (url !== '/healthz') this.calls++
      if (this.#isHolding) this.#held.push(response)
      else response.writeHead(this.status).end()
    })
    await new Promise<void>((resolve) => void this.#http.listen(this.port, '127.0.0.1', resolve))
    this.port = (this.#http.address() as AddressInfo).port
  }

  stop(): void {
    this.#http.closeAllConnections()
    this.#http.close()
  }

  hold(): void {
    this.#isHolding = true
  }

  /** Answers with 200 from here on, and those too that wait. */
  release(): void {
    this.#isHolding = false
    this.status = 200
    for (const response of this.#held.splice(0)) response.writeHead(200).end()
  }

  get held(): number {
    return this.#held.length
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }
}

async function startMoody(t: TestContext): Promise<Moody> {
  const server = new Moody()
  await server.start()
  t.after(() => server.stop())
  return server
}

const HEALTH = 'health: { path: /healthz, interval: 100ms, timeout: 80ms, up: 2, down: 2 }'
/** Ten times faster than in production, as are the checks. */
const BACK_WITHIN_MS = 2_000

async function statusOf(url: string): Promise<{ status: number; ms: number }> {
  const begun = performance.now()
  const { status, body } = await fetch(url)
  await body?.cancel()
  return { status, ms: performance.now() - begun }
}

/** Of a machine that does other things besides, one may be late. */
function medianMs(answers: readonly { readonly ms: number }[]): number {
  return answers.map(({ ms }) => ms).toSorted((x, y) => x - y)[answers.length >> 1]!
}

test('a target comes back after whatever kept it away: errors, other statuses, silence, another process', async (t) => {
  const [a, b] = [await startMoody(t), await startMoody(t)]
  const { url, metric } = await startGateway(
    t,
    `services: { s: { targets: ["${a.url}", "${b.url}"], balance: roundRobin, ${HEALTH} } }\n` +
      'routes: [{ path: /a, to: s }]\n',
    { workers: 2 },
  )
  const isUp = () => metric(`portcullis_target_up{service="s",target="${a.url}"}`)
  const ways: [name: string, goes: () => void, comes: () => void | Promise<void>][] = [
    ['503', () => (a.status = 503), () => void (a.status = 200)],
    ['404', () => (a.status = 404), () => void (a.status = 302)],
    ['silence', () => a.hold(), () => a.release()],
    ['end', () => a.stop(), () => a.start()],
  ]
  for (const [name, goes, comes] of ways) {
    goes()
    await until(async () => (await isUp()) === 0)
    const before = a.calls
    for (let n = 0; n < 10; n++) assert.equal((await statusOf(`${url}/a`)).status, 200, name)
    assert.equal(a.calls, before, name)
    await comes()
    await until(async () => (await isUp()) === 1, BACK_WITHIN_MS)
    for (let n = 0; n < 10; n++) await statusOf(`${url}/a`)
    assert.ok(a.calls > before, name)
  }
})

test('when all targets are down the answer comes at once, and is good as soon as one is back', async (t) => {
  const [a, b] = [await startMoody(t), await startMoody(t)]
  const { url, metric } = await startGateway(
    t,
    `services: { s: { targets: ["${a.url}", "${b.url}"], ${HEALTH}, outlier: { after: 3, maxEjected: 100% } } }\n` +
      'routes: [{ path: /a, to: s }]\n',
  )
  const isUp = ({ url: target }: Moody) =>
    metric(`portcullis_target_up{service="s",target="${target}"}`)
  a.stop()
  b.stop()
  await until(async () => (await isUp(a)) === 0 && (await isUp(b)) === 0)
  const failed = []
  for (let n = 0; n < 20; n++) failed.push(await statusOf(`${url}/a`))
  assert.ok(failed.every(({ status }) => status === 502))
  assert.ok(medianMs(failed) < 100)
  await a.start()
  const statuses = new Set<number>()
  await until(async () => (await statusOf(`${url}/a`)).status === 200, BACK_WITHIN_MS)
  await until(async () => (await isUp(a)) === 1, BACK_WITHIN_MS)
  for (let n = 0; n < 20; n++) statuses.add((await statusOf(`${url}/a`)).status)
  assert.deepEqual([...statuses], [200])
})

test('a breaker counts neither refusals of clients nor clients that leave, opens on errors, tries with few, and keeps to its own', async (t) => {
  const [a, other] = [await startMoody(t), await startMoody(t)]
  const { url, port } = await startGateway(
    t,
    `services:\n  s: { targets: "${a.url}", circuitBreaker: { errorRate: 50%, minRequests: 20, open: 300ms } }\n` +
      `  other: { targets: "${other.url}", circuitBreaker: { minRequests: 20 } }\n` +
      'routes: [{ path: /a, to: s }, { path: /other, to: other }]\n',
  )
  for (const status of [404, 401, 429]) {
    a.status = status
    for (let n = 0; n < 34; n++) assert.equal((await statusOf(`${url}/a`)).status, status)
  }
  a.hold()
  for (let n = 0; n < 40; n++) {
    const before = a.calls
    const client = new RawClient(port).send('GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    await until(() => a.calls > before)
    client.close()
  }
  a.release()
  assert.equal((await statusOf(`${url}/a`)).status, 200, 'still closed')
  a.status = 500
  const errors = []
  for (let n = 0; n < 300; n++) errors.push(await statusOf(`${url}/a`))
  const refused = errors.filter(({ status }) => status === 503)
  assert.ok(refused.length > 50, `${refused.length} refused`)
  assert.ok(medianMs(refused) < 50)
  assert.equal((await statusOf(`${url}/other`)).status, 200)
  const trials: Promise<void>[] = []
  a.hold()
  await until(async () => {
    let refusals = 0
    const asked = Array.from({ length: 50 }, async () => {
      if ((await statusOf(`${url}/a`)).status === 503) refusals++
    })
    trials.push(...asked)
    await until(() => refusals + a.held === 50)
    return a.held > 0
  })
  assert.equal(a.held, 1, 'one tries for all')
  a.release()
  await Promise.all(trials)
  await until(async () => (await statusOf(`${url}/a`)).status === 200)
  for (let n = 0; n < 30; n++) assert.equal((await statusOf(`${url}/a`)).status, 200)
})
