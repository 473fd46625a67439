import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { type Charge, type Rate, type Store, StoreFailure } from '#sdk/index'
import { NEEDS_REDIS, type RedisServer, startRedis } from '../../../test/kit/redis.ts'
import { openStore } from '../../../test/kit/redis-store.ts'
import { until } from '../../../test/kit/until.ts'

const HOUR: Rate = { algorithm: 'gcra', limit: 10, periodMs: 3_600_000, burst: 10 }
/** Longer than anything takes that goes well. */
const PATIENT = '2s'

const chargeOf = (key: string, cost = 1, rate = HOUR): Charge => ({ key, rate, cost })

async function passes({ counters }: Store, key = 'k'): Promise<boolean> {
  return (await counters.consume([chargeOf(key)]))[0]!.passes
}

/** Whether it cannot say, and how long it took to. */
async function failure(store: Store): Promise<{ message: string; ms: number } | undefined> {
  const from = performance.now()
  try {
    await store.counters.consume([chargeOf('k')])
    return undefined
  } catch (error) {
    assert.ok(error instanceof StoreFailure, String(error))
    return { message: error.message, ms: performance.now() - from }
  }
}

async function callsOf(server: RedisServer, command: string): Promise<number> {
  const stats = String(await server.ask('INFO commandstats'))
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
}

const start = async (t: TestContext, written: object = {}) => {
  const server = await startRedis(t)
  const store = await openStore(t, { url: server.url, timeout: PATIENT, ...written })
  return { server, store }
}

test('a group is one command, and charged only if all of it passes', NEEDS_REDIS, async (t) => {
  const { server, store } = await start(t)
  const groups = Array.from({ length: 40 }, (_, n) => [
    chargeOf('all', 1, { ...HOUR, limit: 100, burst: 100 }),
    chargeOf(`of ${n % 2}`),
  ])
  const standings = await Promise.all(groups.map(async (group) => store.counters.consume(group)))
  assert.equal(standings.filter((group) => group.every((one) => one.passes)).length, 20)
  assert.equal(await callsOf(server, 'evalsha'), 40)
  const [left] = await store.counters.consume([{ ...groups[0]![0]!, cost: 0 }])
  assert.equal(left!.remaining, 80)
})

test(
  'a server that has forgotten the script gets it again, and the decision is the same',
  NEEDS_REDIS,
  async (t) => {
    const { server, store } = await start(t)
    assert.ok(await passes(store))
    await server.ask('SCRIPT FLUSH')
    const all = await Promise.all(Array.from({ length: 20 }, () => passes(store)))
    assert.equal(all.filter(Boolean).length, 9)
  },
)

test('what is not there says so at once, and is found when it comes', NEEDS_REDIS, async (t) => {
  const server = await startRedis(t)
  await server.stop()
  const store = await openStore(t, { url: server.url, timeout: PATIENT })
  const { message, ms } = (await failure(store))!
  assert.equal(message, 'Redis is not connected')
  assert.ok(ms < 100, String(ms))
  await server.start()
  await until(async () => (await failure(store)) === undefined)
})

test(
  'one that hangs is waited for no longer than it may take, and then not at all; and is found again',
  NEEDS_REDIS,
  async (t) => {
    const { server, store } = await start(t, { timeout: '50ms' })
    assert.ok(await passes(store))
    server.freeze()
    const first = await Promise.all(Array.from({ length: 5 }, () => failure(store)))
    for (const one of first) {
      assert.equal(one!.message, 'Redis did not answer within 50 ms')
      assert.ok(one!.ms >= 49 && one!.ms < 500, String(one!.ms))
    }
    assert.equal((await failure(store))!.message, 'Redis does not answer')
    server.thaw()
    await until(async () => (await failure(store)) === undefined)
  },
)

test(
  'when it is lost for long it is another connection that finds it again',
  NEEDS_REDIS,
  async (t) => {
    const { server, store } = await start(t, { timeout: '50ms' })
    server.freeze()
    await until(async () => (await failure(store))?.message === 'Redis is not connected')
    server.thaw()
    await until(async () => (await failure(store)) === undefined)
  },
)

test('replies are kept as they are, for their time', NEEDS_REDIS, async (t) => {
  const { server, store } = await start(t)
  const { replies } = store
  const bytes = Buffer.from([0, 13, 10, 255])
  assert.equal(await replies.get('k'), undefined)
  const kept = replies.set('k', bytes, 60_000)
  bytes.fill(1)
  await kept
  assert.deepEqual([...(await replies.get('k'))!], [0, 13, 10, 255])
  await replies.set('short', bytes, 20)
  await until(async () => (await replies.get('short')) === undefined)
  await replies.delete('k')
  await replies.set('never', bytes, 0)
  assert.equal(await replies.get('k'), undefined)
  assert.equal(await server.ask('EXISTS portcullis:r'), 0)
  await server.stop()
  await assert.rejects(async () => replies.get('k'), StoreFailure)
  await assert.rejects(async () => replies.set('k', bytes, 1_000), StoreFailure)
})

test(
  'gateways are counted that were seen lately, each once; and as they were when it is gone',
  NEEDS_REDIS,
  async (t) => {
    const { server, store } = await start(t)
    assert.equal(store.gateways!(), 1)
    const same = await openStore(t, { url: server.url, timeout: PATIENT }, 'g')
    assert.equal(same.gateways!(), 1)
    const [seconds] = (await server.ask('TIME')) as string[]
    await server.ask(`ZADD portcullis:gateways ${(Number(seconds) - 12) * 1_000} gone`)
    const other = await openStore(t, { url: server.url, timeout: PATIENT }, 'other')
    assert.equal(other.gateways!(), 2)
    await until(() => store.gateways!() === 2)
    const apart = await openStore(
      t,
      { url: server.url, timeout: PATIENT, prefix: 'apart' },
      'third',
    )
    assert.equal(apart.gateways!(), 1)
    await server.stop()
    await until(async () => (await failure(store)) !== undefined)
    assert.equal(store.gateways!(), 2)
  },
)

test('what is closed leaves no connection behind', NEEDS_REDIS, async (t) => {
  const { server, store } = await start(t)
  assert.ok(await passes(store))
  const connections = async (): Promise<number> =>
    String(await server.ask('CLIENT LIST'))
      .trim()
      .split('\n').length
  assert.equal(await connections(), 2)
  await store.close?.()
  await until(async () => (await connections()) === 1)
  assert.equal((await failure(store))!.message, 'Redis is not connected')
})

test('where no store is Redis, nothing of it is loaded', () => {
  const program = `
    const { builtinStores } = await import('#stores/index')
    const { createRequire } = await import('node:module')
    const { cache } = createRequire(process.cwd() + '/x.js')
    const say = () => console.log(Object.keys(cache).some((file) => file.includes('ioredis')))
    say()
    const { options, create } = builtinStores.find(({ name }) => name === 'redis')
    create(options.parse('redis://127.0.0.1:1'), { clock: performance, gateway: 'g' }).close()
    say()`
  const args = ['--conditions=source', '--input-type=module', '--eval', program]
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }), 'false\ntrue\n')
})
