import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import {
  NEEDS_REDIS,
  type RedisServer,
  startCluster,
  startRedis,
  startSentinel,
} from '../kit/redis.ts'
import { until } from '../kit/until.ts'

const asked = (path: string, key: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\nX-Key: ${key}\r\n\r\n`
const statusOf = (reply: string): string => reply.slice(9, 12)

const ask = async (port: number, path: string, key = 'k'): Promise<string> =>
  statusOf(await exchange(port, asked(path, key)))

/** How many of so many at once passed, at whichever gateway. */
async function passes(
  ports: readonly number[],
  count: number,
  path: string,
  key: string,
): Promise<number> {
  const statuses = await Promise.all(
    Array.from({ length: count }, (_, n) => ask(ports[n % ports.length]!, path, key)),
  )
  const passed = statuses.filter((status) => status === '200').length
  assert.equal(
    statuses.filter((status) => status === '429').length,
    count - passed,
    statuses.join(),
  )
  return passed
}

const rule = (more: string): string => `{ store: shared, by: "header:x-key", ${more} }`

const routes = (store: string): string => `stores: { shared: { redis: ${store} } }
routes:
  - { path: /gcra, respond: in, rateLimit: ${rule('limit: 10/min')} }
  - { path: /window, respond: in, rateLimit: ${rule('limit: 10/day, algorithm: fixedWindow')} }
  - { path: /sliding, respond: in, rateLimit: ${rule('limit: 10/h, algorithm: slidingWindow')} }
  - { path: /two, respond: in, rateLimit: [${rule('name: a, limit: 10/h')}, ${rule('name: b, limit: 4/h')}] }
  - { path: /localShare, respond: in, rateLimit: ${rule('limit: 4/h')} }
  - { path: /open, respond: in, rateLimit: ${rule('limit: 4/h, onStoreFailure: open')} }
  - { path: /closed, respond: in, rateLimit: ${rule('limit: 4/h, onStoreFailure: closed')} }
`

describe('limits in Redis', NEEDS_REDIS, () => {
  test('RTL-01: over two gateways with two workers each exactly as many pass as the limit says', async (t) => {
    const redis = await startRedis(t)
    // Longer than any busy machine needs: what is late here is not what is tested.
    const text = routes(`{ url: "${redis.url}", timeout: 5s }`)
    const one = await startGateway(t, text, { workers: 2 })
    const other = await startGateway(t, text, { workers: 2 })
    for (const path of ['/gcra', '/window', '/sliding'])
      assert.equal(await passes([one.port, other.port], 100, path, 'a'), 10, path)
    assert.equal(await passes([one.port], 20, '/gcra', 'b'), 10, 'each key for itself')
    assert.equal(await passes([other.port], 20, '/two', 'c'), 4)
    assert.equal(await ask(one.port, '/two', 'c'), '429')
  })

  test('a group of rules is one round trip, and what a client says is no word of Redis', async (t) => {
    const redis = await startRedis(t)
    const { port } = await startGateway(t, routes(`{ url: "${redis.url}", timeout: 5s }`))
    await ask(port, '/two', 'warm')
    await redis.ask('CONFIG RESETSTAT')
    for (const key of ['a b', '* 3', 'FLUSHALL', 'x'.repeat(20_000)])
      assert.equal(await ask(port, '/two', key), '200')
    const stats = String(await redis.ask('INFO commandstats'))
    assert.match(stats, /cmdstat_evalsha:calls=4,/)
    assert.doesNotMatch(stats, /flushall|cmdstat_eval:/i)
    const keys = (await redis.ask('KEYS', '*')) as string[]
    assert.ok(keys.every((key) => key.length < 100))
  })

  /** What becomes of calls while Redis is in some way, and after. */
  const ways: Record<
    string,
    {
      breaks: (redis: RedisServer) => Promise<void> | void
      mends: (redis: RedisServer) => Promise<void> | void
    }
  > = {
    killed: { breaks: (redis) => redis.stop(), mends: (redis) => redis.start() },
    frozen: { breaks: (redis) => redis.freeze(), mends: (redis) => redis.thaw() },
    'asking for a password': {
      breaks: async (redis) => {
        await redis.stop()
        await redis.start(['--requirepass', 'secret'])
      },
      mends: async (redis) => {
        await redis.stop()
        await redis.start([])
      },
    },
    'a replica that writes nothing': {
      breaks: async (redis) => void (await redis.ask('REPLICAOF 127.0.0.1 1')),
      mends: async (redis) => void (await redis.ask('REPLICAOF NO ONE')),
    },
    'out of memory': {
      breaks: async (redis) => void (await redis.ask('CONFIG SET maxmemory 1')),
      mends: async (redis) => void (await redis.ask('CONFIG SET maxmemory 0')),
    },
  }

  for (const [way, { breaks, mends }] of Object.entries(ways)) {
    test(`Redis ${way}: each rule does what it says of that, never a 500, and all is well again by itself`, async (t) => {
      const redis = await startRedis(t)
      const { port, metric } = await startGateway(
        t,
        routes(`{ url: "${redis.url}", timeout: 200ms }`),
      )
      await until(async () => (await ask(port, '/closed', 'first')) === '200')
      await breaks(redis)
      await until(async () => (await ask(port, '/closed', 'gone')) === '503')
      const startedAt = performance.now()
      assert.equal(await ask(port, '/closed', 'gone'), '503')
      for (let n = 0; n < 8; n++) assert.equal(await ask(port, '/open', 'gone'), '200')
      assert.equal(await passes([port], 8, '/localShare', 'gone'), 4, 'its share, alone, is all')
      assert.ok(performance.now() - startedAt < 4_500, 'and nobody waits for long')
      assert.ok((await metric('portcullis_limit_store_failures_total')) >= 10)
      await mends(redis)
      await until(
        async () => (await ask(port, '/closed', `back ${performance.now()}`)) === '200',
        10_000,
      )
    })
  }

  test('Redis flushed, or started anew under load: limits begin anew, and nothing fails', async (t) => {
    const redis = await startRedis(t)
    const { port } = await startGateway(t, routes(`{ url: "${redis.url}", timeout: 1s }`))
    assert.equal(await passes([port], 20, '/gcra', 'a'), 10)
    await redis.ask('FLUSHALL')
    await redis.ask('SCRIPT FLUSH')
    assert.equal(await passes([port], 20, '/gcra', 'a'), 10)
    const statuses = new Set<string>()
    const anew = new AbortController()
    const load = (async () => {
      while (!anew.signal.aborted) statuses.add(await ask(port, '/open', 'load'))
    })()
    await redis.stop()
    await redis.start()
    await until(async () => (await ask(port, '/closed', `k${performance.now()}`)) === '200', 10_000)
    anew.abort()
    await load
    assert.deepEqual(
      [...statuses].filter((status) => !['200', '429'].includes(status)),
      [],
    )
  })

  test('when the master is gone Sentinels name another, and limits go on there', async (t) => {
    const master = await startRedis(t)
    const replica = await startRedis(t, ['--replicaof', `127.0.0.1 ${master.port}`])
    const sentinel = await startSentinel(t, master)
    await until(
      async () =>
        String(await sentinel.ask('SENTINEL REPLICAS main')).includes(String(replica.port)),
      15_000,
    )
    const { port } = await startGateway(
      t,
      routes(`{ sentinel: { name: main, nodes: ["127.0.0.1:${sentinel.port}"] }, timeout: 1s }`),
    )
    await until(async () => (await ask(port, '/closed', 'before')) === '200', 10_000)
    await master.stop()
    await until(
      async () => (await ask(port, '/closed', `after ${performance.now()}`)) === '200',
      20_000,
    )
    assert.equal(await passes([port], 20, '/gcra', 'a'), 10)
  })

  test('in a Cluster never more pass than the limit says, also where the rules of a group lie in several slots', async (t) => {
    const list = (await startCluster(t)).map(({ port }) => `"127.0.0.1:${port}"`).join(', ')
    const { port } = await startGateway(t, routes(`{ cluster: [${list}], timeout: 5s }`))
    assert.equal(await passes([port], 60, '/gcra', 'a'), 10)
    const passed = await passes([port], 40, '/two', 'b')
    assert.ok(passed <= 4, `${passed}`)
    // What was charged for nothing is given back: one by one, exactly as many pass.
    let more = passed
    for (let n = 0; n < 10; n++) if ((await ask(port, '/two', 'b')) === '200') more++
    assert.equal(more, 4)
  })
})
