import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Answer, answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

/** Says its name to callers, and to checks whatever it is told to. */
async function startServer(t: TestContext, name: string) {
  const server = {
    health: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell',
    fails: false,
    checks: 0,
    calls: 0,
  }
  const answer: Answer = (connection, whole) => {
    if (!whole) return
    const isCheck = connection.received.startsWith('GET /healthz')
    if (isCheck) server.checks++
    else server.calls++
    const reply = server.fails
      ? 'HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n'
      : `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`
    answering(isCheck ? server.health : reply)(connection, true)
  }
  const { url } = await startBackend(t, answer)
  return Object.assign(server, { url })
}

/** Who answers a number of requests. */
async function answers(url: string, requests = 30): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let n = 0; n < requests; n++) {
    const reply = await fetch(`${url}/a`)
    const who = reply.status === 200 ? await reply.text() : String(reply.status)
    counts[who] = (counts[who] ?? 0) + 1
  }
  return counts
}

test('a target that its checks find down gets no requests until they find it up; one thread asks for all', async (t) => {
  const [a, b] = [await startServer(t, 'a'), await startServer(t, 'b')]
  const { url, metric } = await startGateway(
    t,
    `services: { s: { targets: ["${a.url}", "${b.url}"], balance: roundRobin, ` +
      `health: { path: /healthz, interval: 50ms, down: 2, up: 2 } } }\nroutes: [{ path: /a, to: s }]\n`,
    { workers: 2 },
  )
  const isUp = async (target: string): Promise<number> =>
    metric(`portcullis_target_up{service="s",target="${target}"}`)
  assert.equal(Object.keys(await answers(url)).length, 2)
  a.health = 'HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n'
  await until(async () => (await isUp(a.url)) === 0)
  assert.deepEqual(await answers(url), { b: 30 })
  a.health = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
  await until(async () => (await isUp(a.url)) === 1)
  assert.equal(Object.keys(await answers(url)).length, 2)
  assert.ok(Math.abs(a.checks - b.checks) < a.checks / 2 + 2, `${a.checks} and ${b.checks} checks`)
})

const unwell = [
  {
    name: 'a status that is not named',
    rule: 'status: 204',
    health: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  },
  {
    name: 'a text that is missing',
    rule: 'body: well',
    health: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nill',
  },
  { name: 'no answer in time', rule: 'timeout: 60ms', health: '' },
]
for (const { name, rule, health } of unwell) {
  test(`a check fails by ${name}`, async (t) => {
    const [a, b] = [await startServer(t, 'a'), await startServer(t, 'b')]
    if (rule === 'status: 204') b.health = 'HTTP/1.1 204 No Content\r\n\r\n'
    a.health = health
    const { metric } = await startGateway(
      t,
      `services: { s: { targets: ["${a.url}", "${b.url}"], ` +
        `health: { path: /healthz, interval: 30ms, down: 2, ${rule} } } }\nroutes: [{ path: /a, to: s }]\n`,
    )
    await until(
      async () => (await metric(`portcullis_target_up{service="s",target="${a.url}"}`)) === 0,
    )
    assert.equal(await metric(`portcullis_target_up{service="s",target="${b.url}"}`), 1)
  })
}

test('the next tier is asked when the first is down, and no longer', async (t) => {
  const [a, b] = [await startServer(t, 'a'), await startServer(t, 'b')]
  const { url, metric } = await startGateway(
    t,
    `services: { s: { targets: ["${a.url}", { url: "${b.url}", tier: 2 }], ` +
      `health: { path: /healthz, interval: 30ms, down: 1, up: 1 } } }\nroutes: [{ path: /a, to: s }]\n`,
  )
  const isUp = async (): Promise<number> =>
    metric(`portcullis_target_up{service="s",target="${a.url}"}`)
  assert.deepEqual(await answers(url), { a: 30 })
  a.health = 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'
  await until(async () => (await isUp()) === 0)
  assert.deepEqual(await answers(url), { b: 30 })
  a.health = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
  await until(async () => (await isUp()) === 1)
  assert.deepEqual(await answers(url), { a: 30 })
})

test('calls that fail eject a target for a while, counted over all workers; then it is asked again', async (t) => {
  const [a, b] = [await startServer(t, 'a'), await startServer(t, 'b')]
  const { url } = await startGateway(
    t,
    `services: { s: { targets: ["${a.url}", "${b.url}"], balance: roundRobin, ` +
      `outlier: { after: 3, eject: 400ms } } }\nroutes: [{ path: /a, to: s }]\n`,
    { workers: 2 },
  )
  a.fails = true
  assert.deepEqual(await answers(url, 40), { b: 37, 500: 3 })
  assert.equal(a.calls, 3)
  a.fails = false
  await until(async () => (await answers(url, 4))['a'] !== undefined)
})

test('a client that leaves says nothing of the target', async (t) => {
  const never = await startBackend(t, () => {})
  const { port, metric, accessLog } = await startGateway(
    t,
    `services: { s: { targets: "${never.url}", outlier: { after: 1, maxEjected: 100% } } }\nroutes: [{ path: /a, to: s }]\n`,
  )
  for (let n = 0; n < 3; n++) {
    const before = never.connections.length
    const client = new RawClient(port).send('GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    await until(() => never.connections.length > before)
    client.close()
    await accessLog(n + 1)
  }
  assert.equal(await metric(`portcullis_target_up{service="s",target="${never.url}"}`), 1)
})

test('a service that fails too often is left alone by all workers for a while, then tried with a few', async (t) => {
  const a = await startServer(t, 'a')
  const { url, accessLog } = await startGateway(
    t,
    `services: { s: { targets: "${a.url}", circuitBreaker: { minRequests: 10, open: 400ms } } }\nroutes: [{ path: /a, to: s }]\n`,
    { workers: 2 },
  )
  a.fails = true
  assert.deepEqual(await answers(url, 40), { 500: 10, 503: 30 })
  assert.equal(a.calls, 10)
  const log = await accessLog(40)
  assert.equal(log.filter(({ fault }) => fault === 'CIRCUIT_OPEN').length, 30)
  a.fails = false
  await until(async () => (await answers(url, 1))['a'] === 1)
  assert.deepEqual(await answers(url, 30), { a: 30 })
})
