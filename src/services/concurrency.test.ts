import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock'
import { TimerWheel } from '#base/timer-wheel'
import { until } from '../../test/kit/until.ts'
import { ConcurrencyLimit, freeSeat, type PlaceWaiter, SEAT_BYTES } from './concurrency.ts'

const SEATS = 3

/** As many workers as there are seats, in one thread, over the same memory. */
function setUp(rules: { max: number; queue: number; timeout?: number }) {
  const memory = new SharedArrayBuffer(SEATS * SEAT_BYTES)
  const clock = new FakeClock()
  const wheel = new TimerWheel(clock, 25)
  const all = { timeout: 1_000, ...rules }
  const workers = [0, 1, 2].map(
    (seat) => new ConcurrencyLimit(all, wheel, memory, 0, { seat, seats: SEATS }),
  )
  const told: string[] = []
  const waiter = (name: string): PlaceWaiter => ({
    onPlace: () => void told.push(`${name} has a place`),
    onNoPlace: ({ code, retryAfterS }) => void told.push(`${name} ${code} ${retryAfterS}`),
  })
  const advance = (ms: number): void => {
    clock.advance(ms)
    wheel.turn()
  }
  return { memory, workers, told, waiter, advance }
}

test('there are so many places for all workers together', () => {
  const { workers, told, waiter } = setUp({ max: 2, queue: 0 })
  const [a, b] = [workers[0]!, workers[1]!]
  assert.deepEqual([a.enter(waiter('1')), b.enter(waiter('2'))], [true, true])
  assert.equal(b.enter(waiter('3')), false)
  assert.deepEqual(told, ['3 CONCURRENCY_FULL 1'])
  a.leave()
  assert.equal(b.enter(waiter('4')), true)
})

test('who waits in a worker goes first there, and hears of a place that is free in another', async () => {
  const { workers, told, waiter } = setUp({ max: 1, queue: 9 })
  const [a, b] = [workers[0]!, workers[1]!]
  a.enter(waiter('1'))
  for (const name of ['2', '3']) b.enter(waiter(name))
  a.leave()
  await until(() => told.length === 1)
  b.leave()
  assert.deepEqual(told, ['2 has a place', '3 has a place'])
})

test('the queue is one for all workers, and bounded', () => {
  const { workers, told, waiter } = setUp({ max: 1, queue: 2 })
  workers[0]!.enter(waiter('1'))
  workers[1]!.enter(waiter('2'))
  workers[2]!.enter(waiter('3'))
  workers[0]!.enter(waiter('4'))
  assert.deepEqual(told, ['4 CONCURRENCY_FULL 1'])
})

test('turns go round the workers: none has to wait until another has nobody left', async () => {
  const { workers, told, waiter } = setUp({ max: 1, queue: 9 })
  const [a, b] = [workers[0]!, workers[1]!]
  a.enter(waiter('1'))
  for (const name of ['a2', 'a3', 'a4']) a.enter(waiter(name))
  b.enter(waiter('b1'))
  a.leave()
  await until(() => told.includes('b1 has a place'))
  b.leave()
  await until(() => told.length === 2)
  assert.deepEqual(told, ['b1 has a place', 'a2 has a place'])
})

test('who waited too long gets none, and whoever came later goes on waiting', () => {
  const { workers, told, waiter, advance } = setUp({ max: 1, queue: 9, timeout: 500 })
  const [a] = workers
  a!.enter(waiter('1'))
  a!.enter(waiter('2'))
  advance(300)
  a!.enter(waiter('3'))
  advance(250)
  assert.deepEqual(told, ['2 CONCURRENCY_FULL 1'])
  a!.leave()
  assert.deepEqual(told.slice(1), ['3 has a place'])
})

test('who has less time than the queue gives goes sooner, and the others stay', () => {
  const { workers, told, waiter, advance } = setUp({ max: 1, queue: 9, timeout: 500 })
  const [a] = workers
  a!.enter(waiter('1'))
  a!.enter(waiter('2'))
  a!.enter(waiter('3'), 100)
  advance(150)
  assert.deepEqual(told, ['3 CONCURRENCY_FULL 1'])
  advance(400)
  assert.deepEqual(told.slice(1), ['2 CONCURRENCY_FULL 1'])
})

test('who leaves the queue leaves its place in it, and one that comes free goes to the next, wherever that is', async () => {
  const { workers, told, waiter } = setUp({ max: 1, queue: 1 })
  const [a, b, c] = [workers[0]!, workers[1]!, workers[2]!]
  a.enter(waiter('1'))
  const second = waiter('2')
  b.enter(second)
  b.forget(second)
  c.enter(waiter('3'))
  assert.deepEqual(told, [])
  a.leave()
  await until(() => told.length === 1)
  assert.deepEqual(told, ['3 has a place'])
})

test('a place that is given back at once, while others are served, goes on to the next', async () => {
  const { workers, told, waiter } = setUp({ max: 1, queue: 9 })
  const [a, b] = [workers[0]!, workers[1]!]
  a.enter(waiter('1'))
  const brief: PlaceWaiter = { onPlace: () => a.leave(), onNoPlace() {} }
  for (let n = 0; n < 3; n++) a.enter(brief)
  b.enter(waiter('b'))
  a.leave()
  await until(() => told.length === 1)
  assert.deepEqual(told, ['b has a place'])
})

test('what a dead worker held is free, and whoever waits hears of it', async () => {
  const { memory, workers, told, waiter } = setUp({ max: 2, queue: 2 })
  const [dead, other] = [workers[0]!, workers[1]!]
  dead.enter(waiter('1'))
  dead.enter(waiter('2'))
  other.enter(waiter('3'))
  freeSeat(memory, { seat: 0, seats: SEATS })
  await until(() => told.length === 1)
  assert.deepEqual(told, ['3 has a place'])
  assert.equal(other.enter(waiter('4')), true)
})
