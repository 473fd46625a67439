import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock'
import type { Rate } from '#sdk/index'
import { SharedCounters } from './counters.ts'
import { restoreCounters, saveCounters } from './saved.ts'

const clock = new FakeClock()
const day: Rate = { algorithm: 'calendar', limit: 10, endsAt: clock.wall() + 86_400_000 }
const hour: Rate = { algorithm: 'gcra', limit: 10, periodMs: 3_600_000, burst: 10 }
const second: Rate = { algorithm: 'gcra', limit: 10, periodMs: 1_000, burst: 10 }

const fresh = (bytes = 65_536) => {
  const shared = new SharedArrayBuffer(bytes)
  const counters = new SharedCounters(shared, clock, 0)
  const ask = (key: string, rate: Rate, cost: number) =>
    counters.consume([{ key, rate, cost }])[0]!.remaining
  return { shared, ask }
}

test('what lasts is saved, and found again in memory of any size; what is over soon is not', () => {
  const before = fresh()
  for (let n = 0; n < 100; n++) before.ask(`k${n}`, day, (n % 9) + 1)
  before.ask('h', hour, 4)
  before.ask('s', second, 5)
  const saved = saveCounters(before.shared, clock.wall())
  for (const bytes of [65_536, 16_777_216]) {
    const after = fresh(bytes)
    restoreCounters(after.shared, saved, clock.wall())
    for (let n = 0; n < 100; n++) assert.equal(after.ask(`k${n}`, day, 0), 9 - (n % 9), `k${n}`)
    assert.equal(after.ask('h', hour, 0), 6)
    assert.equal(after.ask('s', second, 0), 10)
  }
})

test('what is over by the time it is read is not restored, and what is no such file is none', () => {
  const before = fresh()
  before.ask('k', day, 3)
  const saved = saveCounters(before.shared, clock.wall())
  const after = fresh()
  restoreCounters(after.shared, saved, clock.wall() + 90_000_000)
  assert.equal(after.ask('k', day, 0), 10)
  for (const bytes of [saved.subarray(0, 40), Buffer.from('nonsense'), Buffer.alloc(5_000, 'x')])
    restoreCounters(after.shared, bytes, clock.wall())
  assert.equal(after.ask('k', day, 0), 10)
})

test('nothing that lasts is nothing at all', () => {
  const { shared, ask } = fresh()
  ask('s', second, 5)
  assert.equal(saveCounters(shared, clock.wall()).length, 0)
})
