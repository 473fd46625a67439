import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { FakeClock } from './clock.ts'
import { Timed, TimerWheel } from './timer-wheel.ts'

const TICK_MS = 10
const ONE_TURN_MS = TICK_MS * 512

class Alarm extends Timed {
  readonly firedAt: number[] = []
  readonly #clock: FakeClock
  readonly #then: (alarm: Alarm) => void

  constructor(clock: FakeClock, then: (alarm: Alarm) => void = () => {}) {
    super()
    this.#clock = clock
    this.#then = then
  }

  override onDeadline(): void {
    this.firedAt.push(this.#clock.now())
    this.#then(this)
  }
}

function setUp(startMs = 0) {
  const clock = new FakeClock()
  clock.time = startMs
  const wheel = new TimerWheel(clock, TICK_MS)
  const pass = (ms: number, stepMs = 1): void => {
    for (const end = clock.time + ms; clock.time < end;) {
      clock.advance(Math.min(stepMs, end - clock.time))
      wheel.turn()
    }
  }
  return { clock, wheel, pass }
}

test('a deadline fires once, never early, and at most one tick late', () => {
  for (const start of [0, 3, 9.5, 123_456.7]) {
    for (const waitMs of [1, 9, 10, 11, 95, 100.5, 5_119, 5_120, 5_121]) {
      const { clock, wheel, pass } = setUp(start)
      const alarm = new Alarm(clock)
      wheel.setIn(alarm, waitMs)
      pass(waitMs + 5 * TICK_MS)
      assert.equal(alarm.firedAt.length, 1, `${start} + ${waitMs}`)
      const late = alarm.firedAt[0]! - (start + waitMs)
      assert.ok(late >= 0 && late <= TICK_MS + 1, `${start} + ${waitMs}: ${late} late`)
    }
  }
})

test('a deadline many turns of the wheel away fires then and not before', () => {
  const { clock, wheel, pass } = setUp(7)
  const alarm = new Alarm(clock)
  wheel.setIn(alarm, ONE_TURN_MS * 3 + 25)
  pass(ONE_TURN_MS * 3 + 24)
  assert.deepEqual(alarm.firedAt, [])
  pass(TICK_MS + 1)
  assert.equal(alarm.firedAt.length, 1)
})

test('a clock that jumps over many turns fires all that came due, and nothing else', () => {
  const { clock, wheel } = setUp()
  const due = Array.from({ length: 100 }, (_, n) => {
    const alarm = new Alarm(clock)
    wheel.setIn(alarm, 1 + n * 97)
    return alarm
  })
  const later = new Alarm(clock)
  wheel.setIn(later, ONE_TURN_MS * 4)
  clock.advance(ONE_TURN_MS * 3)
  wheel.turn()
  for (const alarm of due) assert.equal(alarm.firedAt.length, 1)
  assert.deepEqual(later.firedAt, [])
  clock.advance(ONE_TURN_MS + TICK_MS)
  wheel.turn()
  assert.equal(later.firedAt.length, 1)
})

test('none is set by 0 and by Infinity', () => {
  const { clock, wheel, pass } = setUp()
  const alarm = new Alarm(clock)
  wheel.setIn(alarm, 50)
  wheel.setIn(alarm, 0)
  pass(100)
  wheel.setIn(alarm, Infinity)
  pass(100)
  assert.deepEqual(alarm.firedAt, [])
})

test('the last deadline set is the one that holds, moved later or sooner', () => {
  const { clock, wheel, pass } = setUp()
  const later = new Alarm(clock)
  const sooner = new Alarm(clock)
  wheel.setIn(later, 50)
  wheel.setIn(later, 200)
  wheel.setIn(sooner, 200)
  wheel.setIn(sooner, 50)
  pass(70)
  assert.deepEqual([later.firedAt.length, sooner.firedAt.length], [0, 1])
  pass(150)
  assert.deepEqual([later.firedAt.length, sooner.firedAt.length], [1, 1])
})

test('a callback may arm its own timer anew, also for the past', () => {
  const { clock, wheel, pass } = setUp()
  const beat = new Alarm(clock, (alarm) => wheel.setIn(alarm, 20))
  const nagging = new Alarm(clock, (alarm) => wheel.setAt(alarm, clock.now() - 500))
  wheel.setIn(beat, 20)
  wheel.setIn(nagging, 20)
  pass(200)
  assert.ok(beat.firedAt.length >= 6 && beat.firedAt.length <= 10, String(beat.firedAt))
  assert.ok(nagging.firedAt.length >= 15 && nagging.firedAt.length <= 20, String(nagging.firedAt))
})

test('a callback may remove or move others that are due in the same tick', () => {
  const { clock, wheel, pass } = setUp()
  const others: Alarm[] = []
  const first = (): void => {
    if (clock.now() > 70) return
    for (const [n, other] of others.entries()) {
      if (n % 2 === 0) wheel.remove(other)
      else wheel.setIn(other, 100)
    }
  }
  for (let n = 0; n < 6; n++) others.push(new Alarm(clock, first))
  for (const other of others) wheel.setIn(other, 50)
  pass(70)
  assert.equal(others.flatMap(({ firedAt }) => firedAt).length, 1)
  pass(110)
  const lasting = others.filter((_, n) => n % 2 === 1)
  for (const other of lasting) assert.equal(other.firedAt.at(-1), 170)
})

test('what was removed never fires, and can be set again', () => {
  const { clock, wheel, pass } = setUp()
  const alarm = new Alarm(clock)
  wheel.setIn(alarm, 30)
  wheel.remove(alarm)
  wheel.remove(alarm)
  pass(60)
  assert.deepEqual(alarm.firedAt, [])
  wheel.setIn(alarm, 30)
  pass(60)
  assert.equal(alarm.firedAt.length, 1)
})

/** One thing done to one of a few timers, or time passing. */
const act = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), which: fc.nat(7), ms: fc.nat(3 * ONE_TURN_MS) }),
  fc.record({ kind: fc.constant('set' as const), which: fc.nat(7), ms: fc.nat(200) }),
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat(7), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant('pass' as const), which: fc.constant(0), ms: fc.nat(500) }),
  fc.record({
    kind: fc.constant('pass' as const),
    which: fc.constant(0),
    ms: fc.nat(2 * ONE_TURN_MS),
  }),
)

test('it agrees with a plain list of deadlines, to the tick', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.array(act, { maxLength: 60 }), (start, acts) => {
      const { clock, wheel } = setUp(start)
      const alarms = Array.from({ length: 8 }, () => new Alarm(clock))
      const deadlines = alarms.map(() => Infinity)
      for (const { kind, which, ms } of acts) {
        if (kind === 'set') {
          wheel.setIn(alarms[which]!, ms)
          deadlines[which] = ms === 0 ? Infinity : clock.now() + ms
          continue
        }
        if (kind === 'remove') {
          wheel.remove(alarms[which]!)
          deadlines[which] = Infinity
          continue
        }
        clock.advance(ms)
        wheel.turn()
        for (const [n, alarm] of alarms.entries()) {
          const fired = alarm.firedAt.splice(0).length === 1
          if (fired) assert.ok(deadlines[n]! <= clock.now(), 'early')
          else assert.ok(deadlines[n]! > clock.now() - TICK_MS, 'late')
          if (fired) deadlines[n] = Infinity
        }
      }
    }),
    { numRuns: 300 },
  )
})
