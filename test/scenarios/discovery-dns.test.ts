import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGE, byName, FAILURES, TARGETS } from '../kit/discovered.ts'
import { NEEDS_DNSMASQ, startDnsmasq } from '../kit/dnsmasq.ts'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { startNamed, whoAnswers } from '../kit/named.ts'
import { until } from '../kit/until.ts'

test('all addresses of a name are targets, IPv4 and IPv6', NEEDS_DNSMASQ, async (t) => {
  const port = await freePort()
  const all = ['127.0.0.2', '127.0.0.3', '::1']
  for (const host of all) await startNamed(t, host, { host, port })
  const { address } = await startDnsmasq(t, { hosts: { 's.internal': all } })
  const networks = '127.0.0.0/8, "::1"'
  const { url, metric } = await startGateway(t, byName({ address, port, networks }))
  assert.deepEqual(await whoAnswers(`${url}/a`, 30), {
    '127.0.0.2': 10,
    '127.0.0.3': 10,
    '::1': 10,
  })
  assert.equal(await metric(TARGETS), 3)
})

test(
  'when a name moves all workers follow at once, no request fails, and connections that stand hold nobody back',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    const old = await startNamed(t, 'old', { host: '127.0.0.2', port })
    const hosts = { 's.internal': ['127.0.0.2'] }
    const dnsmasq = await startDnsmasq(t, { hosts })
    const { url } = await startGateway(t, byName({ address: dnsmasq.address, port }), {
      workers: 2,
    })
    assert.deepEqual(await whoAnswers(`${url}/a`), { old: 20 })
    await startNamed(t, 'new', { host: '127.0.0.3', port })
    dnsmasq.setHosts({ 's.internal': ['127.0.0.3'] })
    const seen: Record<string, number> = {}
    await until(async () => {
      const counts = await whoAnswers(`${url}/a`, 10)
      for (const who of Object.keys(counts)) seen[who] = 1
      return counts['new'] === 10
    })
    assert.deepEqual(Object.keys(seen).toSorted(), ['new', 'old'])
    const before = old.calls()
    assert.deepEqual(await whoAnswers(`${url}/a`, 40), { new: 40 })
    assert.equal(old.calls(), before)
    await until(() => old.open() === 0)
  },
)

test(
  'what was found last holds while the server is down or does not know the name any more; age and failures tell',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    const hosts = { 's.internal': ['127.0.0.2'] }
    const dnsmasq = await startDnsmasq(t, { hosts })
    const { url, metric } = await startGateway(t, byName({ address: dnsmasq.address, port }))
    assert.equal(await metric(FAILURES), 0)
    for (const goesAway of [() => Promise.resolve(dnsmasq.setHosts({})), () => dnsmasq.stop()]) {
      const before = await metric(FAILURES)
      await goesAway()
      await until(async () => (await metric(FAILURES)) > before + 1)
      assert.ok((await metric(AGE)) > 0.5)
      assert.equal(await metric(TARGETS), 1)
      assert.deepEqual(await whoAnswers(`${url}/a`, 10), { a: 10 })
      await dnsmasq.stop()
      await dnsmasq.start({ hosts })
      await until(async () => (await metric(AGE)) < 0.5, 15_000)
    }
  },
)

test(
  'what was found last holds while the server is there and says nothing',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    const dnsmasq = await startDnsmasq(t, { hosts: { 's.internal': ['127.0.0.2'] } })
    const { url, metric } = await startGateway(t, byName({ address: dnsmasq.address, port }))
    dnsmasq.freeze()
    await until(async () => (await metric(FAILURES)) > 0, 20_000)
    assert.deepEqual(await whoAnswers(`${url}/a`, 5), { a: 5 })
    dnsmasq.thaw()
    await until(async () => (await metric(AGE)) < 0.5, 20_000)
  },
)

test(
  'a service that was never found answers 503 with its own code, the gateway runs, and the first answer is taken up',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    const dnsmasq = await startDnsmasq(t, { hosts: { 's.internal': ['127.0.0.2'] } })
    await dnsmasq.stop()
    const breaker = ', circuitBreaker: { minRequests: 3 }'
    const wish = { address: dnsmasq.address, port, rest: breaker }
    const { url, accessLog } = await startGateway(t, byName(wish), { workers: 2 })
    assert.deepEqual(await whoAnswers(`${url}/a`, 6), { 503: 6 })
    const codes = (await accessLog(6)).map(({ fault }) => fault)
    assert.deepEqual(codes, Array(6).fill('SERVICE_UNRESOLVED'))
    await dnsmasq.start()
    await until(async () => (await whoAnswers(`${url}/a`, 4))['a'] === 4, 15_000)
  },
)

test(
  'the start waits for first answers: the first request finds a target',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    const { address } = await startDnsmasq(t, { hosts: { 's.internal': ['127.0.0.2'] } })
    for (let n = 0; n < 3; n++) {
      const { url } = await startGateway(t, byName({ address, port }), { workers: 2 })
      assert.deepEqual(await whoAnswers(`${url}/a`, 1), { a: 1 })
    }
  },
)

test(
  'addresses of the gateway itself and its machine are never called, unless they are listed',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    const guarded = ['127.0.0.1', '::1']
    const called = []
    for (const host of guarded) called.push(await startNamed(t, host, { host, port }))
    const good = await startNamed(t, 'good', { host: '127.0.0.2', port })
    const all = [...guarded, '127.0.0.2', '0.0.0.0', '169.254.169.254', '::ffff:127.0.0.1', '::']
    const { address } = await startDnsmasq(t, { hosts: { 's.internal': all } })
    const { url, metric } = await startGateway(
      t,
      byName({ address, port, networks: '127.0.0.2, 10.0.0.0/8, 0.0.0.0/0, "::/0"' }),
    )
    assert.equal(await metric(TARGETS), 1)
    assert.deepEqual(await whoAnswers(`${url}/a`, 20), { good: 20 })
    assert.ok(good.connections.length > 0)
    assert.deepEqual(
      called.map(({ connections }) => connections.length),
      [0, 0],
    )
  },
)

test(
  'a name behind twenty others is found, and of two hundred addresses all are asked',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    const many = Array.from({ length: 200 }, (_, n) => `127.0.1.${n + 1}`)
    await Promise.all(many.map((host) => startNamed(t, host, { host, port })))
    const chain = Array.from({ length: 20 }, (_, n) => `c${n}.internal,c${n + 1}.internal`)
    const dnsmasq = await startDnsmasq(t, {
      hosts: { 'c20.internal': ['127.0.0.2'] },
      cnames: ['s.internal,c0.internal', ...chain],
    })
    const { url, metric } = await startGateway(t, byName({ address: dnsmasq.address, port }))
    assert.deepEqual(await whoAnswers(`${url}/a`, 3), { a: 3 })
    await dnsmasq.stop()
    await dnsmasq.start({ hosts: { 's.internal': many } })
    await until(async () => (await metric(TARGETS)) === 200, 15_000)
    assert.equal(Object.keys(await whoAnswers(`${url}/a`, 200)).length, 200)
  },
)
