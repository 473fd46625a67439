import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Charge, Rate, Standing } from '#sdk/index'
import { NEEDS_REDIS, type RedisServer, startRedis } from '../../../test/kit/redis.ts'
import { until } from '../../../test/kit/until.ts'
import { decide, type State } from '../memory/rates.ts'
import { partsOf, readSaid, refundOf } from './charges.ts'
import { CONSUME } from './script.ts'

const HOUR_MS = 3_600_000

async function run(server: RedisServer, part: ReturnType<typeof partsOf>[number]) {
  const { keys, args } = part
  return readSaid(
    await server.ask('EVAL', CONSUME, String(keys.length), ...keys, ...args),
    keys.length,
  )
}

/** What memory would say, and keep, at that time. */
class Model {
  readonly #states = new Map<string, { state: State; endsAt: number }>()

  consume(charges: readonly Charge[], keys: readonly string[], now: number): Standing[] {
    const states = keys.map((key) => {
      const found = this.#states.get(key)
      return found === undefined || found.endsAt <= now ? { a: 0, b: 0, c: 0 } : found.state
    })
    const decisions = charges.map(({ rate, cost, isSpent }, n) =>
      decide(rate, cost, states[n]!, now, isSpent),
    )
    const isCharged = decisions.every(({ passes }) => passes)
    return decisions.map((decision, n) => {
      const { rate, cost } = charges[n]!
      if (isCharged && cost !== 0)
        this.#states.set(keys[n]!, { state: decision.charged, endsAt: now + decision.keepMs })
      const { passes, remaining, resetMs, retryMs } =
        isCharged || !decision.passes ? decision : decide(rate, 0, states[n]!, now)
      return { passes, remaining, resetMs, retryMs }
    })
  }
}

const limit = fc.integer({ min: 1, max: 20 })
const periodMs = fc.constantFrom(3, 7, 20, 100, 1_000, HOUR_MS)
const rate: fc.Arbitrary<Rate> = fc.oneof(
  fc.record({
    algorithm: fc.constant('gcra' as const),
    limit,
    periodMs,
    burst: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({
    algorithm: fc.constantFrom('fixedWindow' as const, 'slidingWindow' as const),
    limit,
    periodMs,
  }),
  fc.record({
    algorithm: fc.constant('calendar' as const),
    limit,
    endsAt: fc.constant(Date.now() + HOUR_MS),
  }),
  fc.record({
    algorithm: fc.constant('concurrency' as const),
    limit,
    leaseMs: fc.constant(HOUR_MS),
  }),
)
const cost = fc.oneof(fc.integer({ min: -3, max: 8 }), fc.double({ min: 0, max: 5, noNaN: true }))

test('it decides to the last digit as memory does', NEEDS_REDIS, async (t) => {
  const server = await startRedis(t)
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(rate, { minLength: 1, maxLength: 3 }),
      fc.array(
        fc.array(fc.record({ cost, isSpent: fc.boolean() }), { minLength: 1, maxLength: 3 }),
        { minLength: 5, maxLength: 25 },
      ),
      async (rates, groups) => {
        const model = new Model()
        const prefix = `p${runs++}:`
        for (const group of groups) {
          const charges = group.slice(0, rates.length).map(({ cost: asked, isSpent }, n) => ({
            key: `k${n}`,
            rate: rates[n]!,
            cost: asked,
            isSpent,
          }))
          const [part] = partsOf(charges, prefix, false)
          const { now, standings } = await run(server, part!)
          assert.deepEqual(standings, model.consume(charges, part!.keys, now))
        }
      },
    ),
    { numRuns: 150 },
  )
})

test(
  'what is kept goes when it means nothing any more, and no key says what a client said',
  NEEDS_REDIS,
  async (t) => {
    const server = await startRedis(t)
    const charge = (key: string, of: Rate, units = 1) =>
      run(server, partsOf([{ key, rate: of, cost: units }], 'p:', false)[0]!)
    const gcra: Rate = { algorithm: 'gcra', limit: 10, periodMs: 1_000, burst: 10 }
    await charge('x\r\nFLUSHALL\r\n', gcra, 3)
    const [key] = (await server.ask('KEYS *')) as string[]
    assert.match(key!, /^p:\{[\w-]{2}\}[\w-]{20}$/)
    const leftMs = Number(await server.ask(`PTTL ${key}`))
    assert.ok(leftMs > 200 && leftMs <= 300, String(leftMs))
    await charge('x\r\nFLUSHALL\r\n', gcra, -10)
    assert.equal(await server.ask('DBSIZE'), 0, 'as good as new is not there')
    await charge('only asks', gcra, 0)
    assert.equal(await server.ask('DBSIZE'), 0)
  },
)

test(
  'a refund gives back what is still there to be given, and nothing of a later window',
  NEEDS_REDIS,
  async (t) => {
    const server = await startRedis(t)
    const left = async (of: Rate, agoMs: number): Promise<number> => {
      const charges = [{ key: `${JSON.stringify(of)} ${agoMs}`, rate: of, cost: 5 }]
      const [part] = partsOf(charges, 'p:', false)
      const { now } = await run(server, part!)
      const said = await run(server, refundOf(part!, now - agoMs))
      return said.standings[0]!.remaining
    }
    const gcra: Rate = { algorithm: 'gcra', limit: 10, periodMs: HOUR_MS, burst: 10 }
    assert.equal(await left(gcra, 0), 10)
    assert.equal(await left(gcra, HOUR_MS / 10), 9, 'one of five refilled since')
    assert.equal(await left(gcra, HOUR_MS), 5)
    for (const algorithm of ['fixedWindow', 'slidingWindow'] as const) {
      const window: Rate = { algorithm, limit: 10, periodMs: 24 * HOUR_MS }
      assert.equal(await left(window, 0), 10)
      assert.equal(await left(window, 24 * HOUR_MS), 5)
    }
    const calls: Rate = { algorithm: 'concurrency', limit: 10, leaseMs: HOUR_MS }
    assert.equal(await left(calls, 100), 10)
  },
)

test(
  'when the clock of the server is put back nobody is locked out for longer than ever',
  NEEDS_REDIS,
  async (t) => {
    const server = await startRedis(t)
    const slow: Rate = { algorithm: 'gcra', limit: 5, periodMs: 200, burst: 5 }
    const [part] = partsOf([{ key: 'k', rate: slow, cost: 1 }], 'p:', false)
    await run(server, part!)
    const state = Buffer.alloc(24)
    state.writeDoubleLE(Date.now() + HOUR_MS, 0)
    await server.ask('SET', part!.keys[0]!, state as unknown as string)
    const isPassing = async (): Promise<boolean> => (await run(server, part!)).standings[0]!.passes
    assert.ok(!(await isPassing()), 'still limited')
    await until(isPassing)
  },
)
