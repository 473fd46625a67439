import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Backend, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`
const named = (name: string): string => `HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${name}`

/** Answers at once, but for what it holds until it is told. */
async function startTarget(t: TestContext, name: string) {
  const target = {
    backend: undefined as unknown as Backend,
    asked: 0,
    reply: named(name),
    holds: false,
    held: [] as (() => void)[],
  }
  target.backend = await startBackend(t, (connection, whole) => {
    if (!whole) return
    connection.received = ''
    target.asked++
    const answer = (): void => void connection.socket.write(target.reply)
    if (target.holds) target.held.push(answer)
    else answer()
  })
  return target
}

/** Two targets of which the first is asked first, by turns. */
async function setUp(t: TestContext, hedge: string, more = '') {
  const slow = await startTarget(t, 'slow')
  const fast = await startTarget(t, 'fast')
  const gateway = await startGateway(
    t,
    `services: { s: { targets: ["${slow.backend.url}", "${fast.backend.url}"], balance: roundRobin, hedge: ${hedge}${more} } }
routes: [{ path: /**, to: s }, { path: /alone, to: s, hedge: false }]\n`,
  )
  return { slow, fast, gateway }
}

test('when the reply is late another target is asked, and the first to answer wins', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{ after: 50ms }')
  slow.holds = true
  assert.match(await exchange(gateway.port, get()), /200 OK[^]*fast$/)
  assert.deepEqual([slow.asked, fast.asked], [1, 1])
  const [line] = await gateway.accessLog(1)
  assert.deepEqual([line!['attempts'], line!['target']], [2, fast.backend.url])
  assert.equal(await gateway.metric('portcullis_service_hedges_total'), 1)
  assert.equal(await gateway.metric('portcullis_service_retries_total'), 0)
  await until(() => slow.backend.open() === 0)
})

test('the one that was asked first may still win', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{ after: 50ms }')
  slow.holds = fast.holds = true
  const client = new RawClient(gateway.port).send(get())
  await until(() => fast.held.length === 1)
  slow.held[0]!()
  await client.untilReceived('slow')
  const [line] = await gateway.accessLog(1)
  assert.deepEqual([line!['attempts'], line!['target']], [2, slow.backend.url])
  await until(() => fast.backend.open() === 0)
  client.close()
})

for (const [what, request] of [
  ['a POST', 'POST / HTTP/1.1\r\nHost: gw.test\r\n\r\n'],
  ['a PUT', 'PUT / HTTP/1.1\r\nHost: gw.test\r\n\r\n'],
  ['a GET with a body', 'GET / HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1\r\n\r\nx'],
  ['a GET of a route that wants none', get('/alone')],
] as const) {
  test(`never hedged: ${what}`, async (t) => {
    const { slow, fast, gateway } = await setUp(
      t,
      '{ after: 50ms }',
      ', timeout: { response: 300ms }',
    )
    slow.holds = true
    assert.match(await exchange(gateway.port, request), /504/)
    assert.equal(fast.asked, 0)
  })
}

test('never when there is one target alone', async (t) => {
  const target = await startTarget(t, 'only')
  target.holds = true
  const gateway = await startGateway(
    t,
    `services: { s: { targets: "${target.backend.url}", hedge: { after: 50ms }, timeout: { response: 300ms } } }
routes: [{ path: /**, to: s }]\n`,
  )
  assert.match(await exchange(gateway.port, get()), /504/)
  assert.equal(target.asked, 1)
})

test('no more than the budget allows: ten are free', async (t) => {
  const { slow, fast, gateway } = await setUp(
    t,
    '{ after: 50ms, budget: 0% }',
    ', timeout: { response: 200ms }',
  )
  slow.holds = fast.holds = true
  const replies = await Promise.all(Array.from({ length: 16 }, () => exchange(gateway.port, get())))
  assert.equal(replies.filter((reply) => reply.includes('504')).length, 16)
  assert.equal(slow.asked + fast.asked, 26)
})

test('the loser counts neither against its target nor against the service', async (t) => {
  const { slow, fast, gateway } = await setUp(
    t,
    '{ after: 50ms, budget: 100% }',
    ', outlier: { after: 1 }, circuitBreaker: { minRequests: 1, errorRate: 1% }',
  )
  slow.holds = true
  for (let n = 0; n < 4; n++) assert.match(await exchange(gateway.port, get()), /200 OK[^]*fast$/)
  assert.equal(slow.asked + fast.asked >= 6, true)
  const up = `portcullis_target_up{service="s",target="${slow.backend.url}"}`
  assert.equal(await gateway.metric(up), 1)
})

test('when one of the two fails the other is waited for; when both do the last fault is told', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{ after: 50ms, budget: 100% }')
  slow.holds = true
  fast.reply = 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'
  const first = new RawClient(gateway.port).send(get())
  await until(() => fast.asked === 1)
  slow.held.shift()!()
  await first.untilReceived('slow')
  first.close()
  fast.holds = true
  const second = new RawClient(gateway.port).send(get())
  await until(() => slow.held.length === 1 && fast.held.length === 1)
  fast.held[0]!()
  slow.reply = 'nonsense\r\n\r\n'
  slow.held[0]!()
  assert.match(await second.replies(), /502[^]*SERVICE_BAD_REPLY/)
  second.close()
})

test('a reply that has begun is not hedged any more, and nobody goes on with it when it breaks off', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{ after: 50ms }')
  slow.reply = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nAAAAA'
  const client = new RawClient(gateway.port).send(get())
  await client.untilReceived('AAAAA')
  slow.holds = true
  // By turns: the other one answers at once; then this one is late, and by then the first call would have been hedged too.
  for (let n = 0; n < 2; n++) assert.match(await exchange(gateway.port, get()), /fast$/)
  assert.equal(fast.asked, 2)
  slow.backend.connections[0]!.socket.destroy()
  await client.untilEnded()
  assert.match(client.received, /AAAAA$/)
  assert.equal(fast.asked, 2)
})

test('the total deadline ends both', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{ after: 50ms }', ', timeout: { total: 250ms }')
  slow.holds = fast.holds = true
  assert.match(await exchange(gateway.port, get()), /504[^]*TOTAL_TIMEOUT/)
  assert.deepEqual([slow.asked, fast.asked], [1, 1])
  await until(() => slow.backend.open() + fast.backend.open() === 0)
})

test('a client that leaves ends both', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{ after: 50ms }')
  slow.holds = fast.holds = true
  const client = new RawClient(gateway.port).send(get())
  await until(() => slow.asked + fast.asked === 2)
  client.close()
  await until(() => slow.backend.open() + fast.backend.open() === 0)
})

test('after p95 of what replies took it asks another, and not before it knows', async (t) => {
  const { slow, fast, gateway } = await setUp(t, '{}')
  for (let n = 0; n < 24; n++) assert.match(await exchange(gateway.port, get()), /^HTTP\/1\.1 200/)
  assert.deepEqual([slow.asked, fast.asked], [12, 12])
  slow.holds = true
  assert.match(await exchange(gateway.port, get()), /200 OK[^]*fast$/)
})
