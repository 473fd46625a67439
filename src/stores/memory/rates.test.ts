import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rate } from '#sdk/index'
import { decide, type State } from './rates.ts'

const NEW: State = { a: 0, b: 0, c: 0 }
const START = 1_700_000_000_000

/** Charges one by one at the given milliseconds; says of each whether it passed, and what remained. */
function run(rate: Rate, times: readonly number[], cost = 1): string {
  let state = NEW
  return times
    .map((ms) => {
      const decision = decide(rate, cost, state, START + ms)
      if (decision.passes) state = decision.charged
      return `${decision.passes ? '+' : '-'}${decision.remaining}`
    })
    .join(' ')
}

test('gcra lets a burst go at once, and then one for each that has refilled', () => {
  const rate: Rate = { algorithm: 'gcra', limit: 10, periodMs: 1_000, burst: 3 }
  assert.equal(run(rate, [0, 0, 0, 0, 99, 100, 100, 300]), '+2 +1 +0 -0 -0 +0 -0 +1')
  assert.equal(run({ ...rate, limit: 3 }, [0, 0, 0, 333, 334]), '+2 +1 +0 -0 +0')
})

test('gcra says when it will pass and when all is as new', () => {
  const rate: Rate = { algorithm: 'gcra', limit: 10, periodMs: 1_000, burst: 2 }
  const spent = decide(rate, 2, NEW, START)
  assert.deepEqual([spent.resetMs, spent.retryMs], [200, 0])
  const refused = decide(rate, 1, spent.charged, START + 30)
  assert.deepEqual([refused.passes, refused.retryMs, refused.resetMs], [false, 70, 170])
  assert.equal(decide(rate, 3, NEW, START).retryMs, Infinity)
})

test('when the time of day is put back nobody waits longer than after a burst', () => {
  const rate: Rate = { algorithm: 'gcra', limit: 10, periodMs: 1_000, burst: 2 }
  const { charged } = decide(rate, 2, NEW, START + 3_600_000)
  assert.equal(decide(rate, 1, charged, START).retryMs, 100)
})

test('a fixed window counts anew at its end', () => {
  const rate: Rate = { algorithm: 'fixedWindow', limit: 2, periodMs: 1_000 }
  assert.equal(run(rate, [900, 950, 999, 1_000, 1_001, 1_002]), '+1 +0 -0 +1 +0 -0')
  const { charged } = decide(rate, 2, NEW, START + 400)
  assert.equal(decide(rate, 1, charged, START + 400).retryMs, 600)
})

test('a sliding window has no edge where twice as much gets through', () => {
  const rate: Rate = { algorithm: 'slidingWindow', limit: 4, periodMs: 1_000 }
  const times = [900, 900, 900, 900, 1_000, 1_249, 1_250, 1_250, 1_500]
  assert.equal(run(rate, times), '+3 +2 +1 +0 -0 -0 +0 -0 +0')
})

test('what a refused one is told to wait is enough, and a millisecond less is not', () => {
  for (const algorithm of ['slidingWindow', 'fixedWindow', 'gcra'] as const) {
    const rate: Rate = { algorithm, limit: 4, periodMs: 1_000, burst: 4 }
    for (const cost of [1, 2, 4]) {
      let state = decide(rate, 3, NEW, START + 400).charged
      state = decide(rate, 1, state, START + 1_100).charged
      const { passes, retryMs } = decide(rate, cost, state, START + 1_100)
      if (passes) continue
      const later = START + 1_100 + Math.ceil(retryMs)
      assert.ok(decide(rate, cost, state, later).passes, `${algorithm} ${cost}`)
      assert.ok(!decide(rate, cost, state, later - 2).passes, `${algorithm} ${cost}`)
    }
  }
})
