import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { FakeClock } from '#base/clock'
import { type Rate, StoreFailure } from '#sdk/index'
import { freeLock, SharedCounters } from './counters.ts'

const TWO: Rate = { algorithm: 'fixedWindow', limit: 2, periodMs: 1_000 }

/** A window has just begun. */
function fresh(bytes = 4_096) {
  const clock = new FakeClock()
  const shared = new SharedArrayBuffer(bytes)
  const counters = new SharedCounters(shared, clock, 0)
  const ask = (key: string, cost = 1, rate = TWO) => counters.consume([{ key, rate, cost }])[0]!
  return { clock, shared, counters, ask }
}

test('each key has a counter of its own, and is as new when its time is over', () => {
  const { clock, ask } = fresh()
  assert.deepEqual(ask('a'), { passes: true, remaining: 1, resetMs: 1_000, retryMs: 0 })
  clock.advance(400)
  assert.deepEqual(ask('a'), { passes: true, remaining: 0, resetMs: 600, retryMs: 0 })
  assert.deepEqual(ask('a'), { passes: false, remaining: 0, resetMs: 600, retryMs: 600 })
  assert.ok(ask('b').passes)
  clock.advance(600)
  assert.equal(ask('a').remaining, 1)
})

test('another rate of the same key counts for itself', () => {
  const { ask } = fresh()
  ask('a', 2)
  assert.ok(!ask('a').passes)
  assert.ok(ask('a', 1, { ...TWO, limit: 3 }).passes)
})

test('several are charged only if all pass, and say what is left as things are', () => {
  const { counters, ask } = fresh()
  ask('narrow', 2)
  const charges = ['wide', 'narrow'].map((key) => ({ key, rate: TWO, cost: 1 }))
  const standings = counters.consume(charges)
  assert.deepEqual(
    standings.map(({ passes, remaining }) => [passes, remaining]),
    [
      [true, 2],
      [false, 0],
    ],
  )
  assert.equal(ask('wide', 0).remaining, 2)
})

test('asking alone takes nobody’s place', () => {
  const { ask } = fresh(64 + 8 * 48)
  for (let n = 0; n < 8; n++) ask(`k${n}`, 2)
  for (let n = 0; n < 100; n++) ask(`other${n}`, 0)
  for (let n = 0; n < 8; n++) assert.ok(!ask(`k${n}`).passes, `k${n}`)
})

test('when there is no room, the counter that ends first makes it', () => {
  const { ask } = fresh(64 + 8 * 48)
  const long: Rate = { ...TWO, periodMs: 1_000_000 }
  for (let n = 0; n < 7; n++) ask(`k${n}`, 2, long)
  ask('short', 2)
  ask('new', 2, long)
  for (let n = 0; n < 7; n++) assert.ok(!ask(`k${n}`, 1, long).passes, `k${n}`)
  assert.ok(!ask('new', 1, long).passes)
  assert.ok(ask('short', 0).passes)
})

test('counts are exact over threads that charge at the same time', async () => {
  const shared = new SharedArrayBuffer(4_096)
  const workers = [1, 2, 3].map((worker) => new Worker(CHARGER, { workerData: { shared, worker } }))
  const passed = await Promise.all(
    workers.map(async (one) => Number((await once(one, 'message'))[0])),
  )
  assert.equal(
    passed.reduce((sum, count) => sum + count, 0),
    30_000,
  )
})

/** Asks twenty thousand times, and says how often it passed. */
const CHARGER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads'
    const { SharedCounters } = await import(${JSON.stringify(import.meta.resolve('./counters.ts'))})
    const clock = { now: () => 0, wall: () => 0 }
    const counters = new SharedCounters(workerData.shared, clock, workerData.worker)
    const rate = { algorithm: 'fixedWindow', limit: 30000, periodMs: 1000 }
    let passed = 0
    for (let n = 0; n < 20000; n++) passed += counters.consume([{ key: 'k', rate, cost: 1 }])[0].passes
    parentPort.postMessage(passed)
  `)}`,
)

test('what a dead worker held is a failure, until it is freed', () => {
  const { shared, ask } = fresh()
  new Int32Array(shared)[0] = 7 + 1
  assert.throws(() => ask('a'), StoreFailure)
  freeLock(shared, 6)
  assert.throws(() => ask('a'), /worker 7 holds/)
  freeLock(shared, 7)
  assert.ok(ask('a').passes)
})

test('RTL-04: who asks twice as often as the limit has as many passed as the limit says, and is never locked out', () => {
  const { clock, ask } = fresh()
  const rate: Rate = { algorithm: 'gcra', limit: 5, periodMs: 1_000, burst: 5 }
  let passed = 0
  for (let n = 0; n < 200; n++) {
    if (ask('k', 1, rate).passes) passed++
    clock.advance(100)
  }
  assert.ok(passed >= 100 && passed <= 105, `${passed}`)
})

test('RTL-12: after a pause all is as new, once; a clock that is put back locks nobody out', () => {
  const { clock, ask } = fresh()
  const rate: Rate = { algorithm: 'gcra', limit: 5, periodMs: 10_000, burst: 5 }
  const passes = (): number =>
    Array.from({ length: 8 }, () => ask('k', 1, rate)).filter(({ passes: yes }) => yes).length
  assert.equal(passes(), 5)
  clock.advance(12_000)
  assert.equal(passes(), 5)
  clock.advance(-3_600_000)
  assert.equal(passes(), 0, 'still limited')
  clock.advance(10_000)
  assert.equal(passes(), 5, 'and no longer than ever')
})
