import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, judge } from './verdict.ts'

const sent = Array.from({ length: 1_000 }, (_, n) => ({ at: n, ms: n / 100, status: 200 }))

test('counts failures, tries and the way back', () => {
  const observed = {
    sent: sent.with(3, { at: 3, ms: 1_000, status: 502 }).with(4, { at: 4, ms: 1, status: 0 }),
    reached: [...sent, ...sent.slice(0, 300)].map(({ at }) => at),
    reachedVictim: [1, 2, 600],
    healedAt: 500,
  }
  const verdict = judge(observed)
  assert.deepEqual(verdict, {
    requests: 1_000,
    failed: 0.002,
    perRequest: 1.3,
    p50Ms: 5.01,
    p99Ms: 9.91,
    backMs: 100,
  })
  assert.deepEqual(faultsOf(verdict, 40), [
    'more than 0.1 % failed',
    'more than 1.2 requests for each',
    'not back within 2 intervals',
  ])
  assert.deepEqual(faultsOf({ ...verdict, failed: 0.001, perRequest: 1.2 }, 50), [])
})

test('a server that never came back is a fault', () => {
  const verdict = judge({ sent, reached: [], reachedVictim: [1], healedAt: 500 })
  assert.deepEqual(faultsOf(verdict, 1_000), ['not back within 2 intervals'])
})
