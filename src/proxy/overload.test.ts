import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PRIORITIES } from '#sdk/priority'
import { Overload, overloaded } from './overload.ts'

const TICK_MS = 25

/** Ticks that come `gaps` apart. */
function after(gaps: readonly number[], maxLagMs = 100, told?: (is: boolean) => void): Overload {
  const overload = new Overload(TICK_MS, 0, told)
  overload.maxLagMs = maxLagMs
  let now = 0
  for (const gap of gaps) overload.look((now += gap))
  return overload
}

const times = (count: number, gap: number) => Array.from({ length: count }, () => gap)

test('a loop in time sheds nothing, and neither does one that was late once', () => {
  assert.equal(after(times(400, 25)).level, 0)
  assert.equal(after(times(40, 120)).level, 0) // 95 ms late
  assert.equal(after([...times(40, 25), 150, ...times(40, 25)]).level, 0)
})

test('a loop that stays late sheds more and more, the sooner the later it is', () => {
  const late = after(times(4, 250)).level
  const later = after(times(4, 320)).level
  assert.ok(late > 0.5 && late < 2, String(late))
  assert.ok(later > late)
  assert.equal(after(times(200, 500)).level, 3)
})

test('how late the loop ran is told, but for what every timer is late', () => {
  const overload = new Overload(TICK_MS, 0)
  assert.deepEqual(
    [25, 54, 154, 170].map((now) => overload.look(now)),
    [0, 0, 75, 0],
  )
})

test('one turn, however long, does not refuse what is not of the lowest class', () => {
  assert.ok(after([60_000]).level <= 1)
})

test('it goes on for a while after the loop is in time again, and then ends; in between it stays', () => {
  const busy = times(20, 250)
  const level = after(busy).level
  const quiet = after([...busy, ...times(30, 25)])
  assert.ok(quiet.level > 0 && quiet.level < level)
  assert.equal(after([...busy, ...times(600, 25)]).level, 0)
  const settled = after([...busy, ...times(10, 105)]).level // 80 ms late: neither rises nor falls
  assert.equal(after([...busy, ...times(60, 105)]).level, settled)
})

test('without a limit nothing is shed', () => {
  assert.equal(after(times(200, 5_000), Infinity).level, 0)
})

test('it is told when shedding begins and when it ends, once each', () => {
  const told: boolean[] = []
  after([...times(20, 250), ...times(600, 25)], 100, (is) => told.push(is))
  assert.deepEqual(told, [true, false])
})

test('the lowest class goes first and whole, the critical never', () => {
  const overload = new Overload(TICK_MS, 0)
  const shareOf = (from: number) =>
    Array.from({ length: 4_000 }, () => overload.sheds(from)).filter(Boolean).length / 4_000
  overload.level = 1.5
  assert.equal(shareOf(PRIORITIES.low), 1)
  assert.ok(Math.abs(shareOf(PRIORITIES.normal) - 0.5) < 0.05)
  assert.equal(shareOf(PRIORITIES.high), 0)
  overload.level = 3
  assert.equal(shareOf(PRIORITIES.high), 1)
  assert.equal(shareOf(PRIORITIES.critical), 0)
})

test('twice the load that can be served settles: about half is shed, and the loop is not later and later', () => {
  const overload = new Overload(TICK_MS, 0)
  overload.maxLagMs = 100
  let now = 0
  let gap = TICK_MS
  const run = (seconds: number, load: number) => {
    const seen = { shed: 0, asked: 0, worstMs: 0 }
    for (const end = now + seconds * 1_000; now < end;) {
      now += gap
      overload.look(now)
      // Each request that is let in keeps the loop for a millisecond; one that is refused, for a hundredth of it.
      let workMs = 0
      for (let n = 0; n < gap * load; n++) {
        const isShed = overload.level > PRIORITIES.normal && overload.sheds(PRIORITIES.normal)
        seen.asked++
        seen.shed += Number(isShed)
        workMs += isShed ? 0.01 : 1
      }
      gap = Math.min(5_000, Math.max(TICK_MS, workMs))
      seen.worstMs = Math.max(seen.worstMs, gap)
    }
    return seen
  }
  run(20, 2)
  const settled = run(30, 2)
  const share = settled.shed / settled.asked
  assert.ok(share > 0.4 && share < 0.8, `${share} is shed`)
  assert.ok(settled.worstMs < 1_000, `${settled.worstMs} ms`)
  run(10, 0.2)
  assert.equal(overload.level, 0)
})

test('clients are asked to come again at different times, in whole seconds', () => {
  const replies = Array.from({ length: 200 }, overloaded)
  const waits = new Set(replies.map(({ headers }) => headers.get('retry-after')))
  assert.deepEqual(waits, new Set(['1', '2', '3', '4', '5']))
  assert.equal(replies[0]!.status, 503)
})
