import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Charge, type Rate, type Standing, StoreFailure } from '#sdk/index'
import { NEEDS_REDIS, type RedisServer, startCluster } from '../../../test/kit/redis.ts'
import { openStore } from '../../../test/kit/redis-store.ts'
import { until } from '../../../test/kit/until.ts'

const HOUR: Rate = { algorithm: 'fixedWindow', limit: 10, periodMs: 24 * 3_600_000 }

const chargesOf = (keys: readonly string[], cost = 1): Charge[] =>
  keys.map((key) => ({ key, rate: HOUR, cost }))
const isPassed = (standings: readonly Standing[]): boolean => standings.every((one) => one.passes)

async function callsOf(nodes: readonly RedisServer[], command: string): Promise<number> {
  const stats = await Promise.all(nodes.map((node) => node.ask('INFO commandstats')))
  const pattern = new RegExp(`cmdstat_${command}:calls=(\\d+)`)
  return stats.reduce((sum: number, text) => sum + Number(pattern.exec(String(text))?.[1] ?? 0), 0)
}

test(
  'a Cluster is asked once for each group of keys, and charged only if all pass',
  NEEDS_REDIS,
  async (t) => {
    const nodes = await startCluster(t)
    const cluster = nodes.map(({ port }) => `127.0.0.1:${port}`)
    const { counters } = await openStore(t, { cluster: cluster.slice(0, 1), timeout: '2s' })
    const left = async (key: string): Promise<number> =>
      (await counters.consume(chargesOf([key], 0)))[0]!.remaining

    // Over all nodes, and by one script for one key.
    const keys = Array.from({ length: 12 }, (_, n) => `k${n}`)
    for (const key of keys) assert.ok(isPassed(await counters.consume(chargesOf([key]))))
    assert.equal(await callsOf(nodes, 'evalsha'), keys.length)
    assert.equal(await callsOf(nodes, 'eval'), 1, 'that it is there')
    for (const node of nodes) assert.ok((await callsOf([node], 'evalsha')) > 0)

    // A group over many slots.
    assert.ok(isPassed(await counters.consume(chargesOf(keys, 4))))
    for (const key of keys) assert.equal(await left(key), 5)

    // One refuses: the others are as if nobody had asked.
    assert.ok(isPassed(await counters.consume(chargesOf(['k0'], 5))))
    const refused = await counters.consume(chargesOf(keys, 2))
    assert.deepEqual(
      refused.map(({ passes, remaining }) => [passes, remaining]),
      keys.map((key) => (key === 'k0' ? [false, 0] : [true, 5])),
    )
    await until(async () =>
      (await Promise.all(keys.slice(1).map(left))).every((units) => units === 5),
    )

    // Never more than the limit passes, whoever is refused meanwhile.
    const pairs = Array.from({ length: 60 }, (_, n) => chargesOf(['shared', `own ${n % 3}`]))
    const outcomes = await Promise.all(pairs.map(async (pair) => counters.consume(pair)))
    const passed = outcomes.filter(isPassed).length
    assert.ok(passed > 0 && passed <= 10, String(passed))

    // A node that is gone takes its keys along, and no others.
    await nodes[2]!.stop()
    const settled = await Promise.allSettled(
      keys.slice(1).map(async (key) => counters.consume(chargesOf([key], 0))),
    )
    const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    assert.ok(failures.length > 0 && failures.length < settled.length, String(failures.length))
    for (const failure of failures) assert.ok(failure instanceof StoreFailure, String(failure))
  },
)
