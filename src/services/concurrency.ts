/** `concurrency`: how many calls of a service are under way at once, over all workers, and how many wait for their turn. */

import { Alarm, type TimerWheel } from '#base/timer-wheel'
import type { ConcurrencyRules } from '#sdk/call-rules'
import { Fault } from '#sdk/fault'
import { SharedCount } from '#services/shared-count'

/** Int32 words for each worker's seat: calls under way, calls that wait, and how often it was woken. */
const UNDER_WAY = 0
const WAITING = 1
const WAKES = 2
const SEAT_WORDS = 3

/** For each service, beside seats. */
export const SEAT_BYTES = SEAT_WORDS * 4

/** When one who found no place may ask again, in seconds. */
const RETRY_AFTER_S = 1

/** Whoever waits for a place. */
export interface PlaceWaiter {
  onPlace(): void
  onNoPlace(fault: Fault): void
}

/** A worker's place at the table: which of all the seats is its own. */
export interface Seat {
  readonly seat: number
  readonly seats: number
}

/** One for each service in each worker, over memory that the workers share. Who comes first goes first, in each worker. */
export class ConcurrencyLimit {
  readonly #rules: ConcurrencyRules
  readonly #wheel: TimerWheel
  readonly #words: Int32Array
  readonly #seat: number
  readonly #seats: number
  readonly #underWay: SharedCount
  readonly #queued: SharedCount
  readonly #waiting: { readonly waiter: PlaceWaiter; readonly until: number }[] = []
  /** Rings for whoever has to go first. */
  readonly #patience = new Alarm(() => this.#loseWaiting())
  /** The seat that was woken last: the turn goes round. */
  #last: number
  #serving = false
  /** A call that was served has ended already. */
  #gaveBack = false
  #listening = false

  /** `memory`: of all limits; `at`: which is this one's. */
  constructor(
    rules: ConcurrencyRules,
    wheel: TimerWheel,
    memory: SharedArrayBuffer,
    at: number,
    { seat, seats }: Seat,
  ) {
    this.#rules = rules
    this.#wheel = wheel
    this.#seat = this.#last = seat
    this.#seats = seats
    this.#words = new Int32Array(memory, at * seats * SEAT_BYTES, seats * SEAT_WORDS)
    this.#underWay = new SharedCount(this.#words, UNDER_WAY, seats, SEAT_WORDS, seat)
    this.#queued = new SharedCount(this.#words, WAITING, seats, SEAT_WORDS, seat)
  }

  /** Gives a place: now (true), or when one is free, or none. `latest`: by the wheel, when it is too late. */
  enter(waiter: PlaceWaiter, latest = Infinity): boolean {
    const { max, queue, timeout } = this.#rules
    if (this.#waiting.length === 0 && this.#underWay.take(max)) return true
    if (!this.#queued.take(queue)) {
      waiter.onNoPlace(full('and all places in the queue are taken'))
      return false
    }
    const until = Math.min(this.#wheel.now() + timeout, latest)
    this.#waiting.push({ waiter, until })
    if (until < this.#patience.deadline) this.#wheel.setAt(this.#patience, until)
    void this.#serveWhenWoken()
    return false
  }

  /** A place is given back. */
  leave(): void {
    this.#underWay.give()
    if (this.#serving) this.#gaveBack = true
    else this.#passOn()
  }

  /** The waiter does not want a place any more. False: it did not wait for one. */
  forget(waiter: PlaceWaiter): boolean {
    const at = this.#waiting.findIndex((waiting) => waiting.waiter === waiter)
    if (at < 0) return false
    this.#waiting.splice(at, 1)
    this.#queued.give()
    // Who waits no longer listens no longer: this one may be of a configuration that is gone.
    if (this.#waiting.length === 0 && this.#listening) wake(this.#words, this.#seat)
    return true
  }

  #serve(): void {
    this.#serving = true
    while (this.#waiting.length > 0 && this.#underWay.take(this.#rules.max)) this.#next().onPlace()
    this.#serving = false
    if (!this.#gaveBack) return
    this.#gaveBack = false
    this.#passOn()
  }

  #next(): PlaceWaiter {
    this.#queued.give()
    return this.#waiting.shift()!.waiter
  }

  async #serveWhenWoken(): Promise<void> {
    const wakes = this.#seat * SEAT_WORDS + WAKES
    // Also who waits already is served: a place may be free although its turn has not come round.
    if (this.#listening) return this.#serve()
    this.#listening = true
    while (this.#waiting.length > 0) {
      const seen = Atomics.load(this.#words, wakes)
      this.#serve()
      if (this.#waiting.length > 0) await Atomics.waitAsync(this.#words, wakes, seen).value
    }
    this.#listening = false
    // It was woken for one who has left meanwhile.
    if (this.#underWay.sum() < this.#rules.max) this.#passOn()
  }

  /** Wakes the next worker in which someone waits. */
  #passOn(): void {
    for (let step = 1; step <= this.#seats; step++) {
      const seat = (this.#last + step) % this.#seats
      if (Atomics.load(this.#words, seat * SEAT_WORDS + WAITING) <= 0) continue
      this.#last = seat
      if (seat === this.#seat && this.#waiting.length > 0) this.#serve()
      else wake(this.#words, seat)
      return
    }
  }

  #loseWaiting(): void {
    this.#serve()
    const now = this.#wheel.now()
    const lost = this.#waiting.filter(({ until }) => until <= now)
    for (const { waiter } of lost)
      if (this.forget(waiter)) waiter.onNoPlace(full('and none came free in time'))
    const next = Math.min(...this.#waiting.map(({ until }) => until))
    if (next < Infinity) this.#wheel.setAt(this.#patience, next)
  }
}

/** Places for what is no call, and does not wait, at the place of a limit. */
export function placesAt(
  memory: SharedArrayBuffer,
  at: number,
  { seat, seats }: Seat,
): SharedCount {
  const words = new Int32Array(memory, at * seats * SEAT_BYTES, seats * SEAT_WORDS)
  return new SharedCount(words, UNDER_WAY, seats, SEAT_WORDS, seat)
}

/** How full one of them is. */
export function fullness(
  memory: SharedArrayBuffer,
  at: number,
  seats: number,
): { readonly calls: number; readonly waiting: number } {
  const words = new Int32Array(memory, at * seats * SEAT_BYTES, seats * SEAT_WORDS)
  const sum = (what: number): number => new SharedCount(words, what, seats, SEAT_WORDS, 0).sum()
  return { calls: sum(UNDER_WAY), waiting: sum(WAITING) }
}

/** A worker has ended, perhaps in the middle of calls: its places are free, and whoever waits for one hears of it. */
export function freeSeat(memory: SharedArrayBuffer, { seat, seats }: Seat): void {
  const words = new Int32Array(memory)
  for (let first = 0; first < words.length; first += seats * SEAT_WORDS) {
    const own = first + seat * SEAT_WORDS
    if (words[own + UNDER_WAY] === 0 && words[own + WAITING] === 0) continue
    Atomics.store(words, own + WAITING, 0)
    Atomics.store(words, own + UNDER_WAY, 0)
    const limit = words.subarray(first, first + seats * SEAT_WORDS)
    for (let other = 0; other < seats; other++) wake(limit, other)
  }
}

function wake(words: Int32Array, seat: number): void {
  Atomics.add(words, seat * SEAT_WORDS + WAKES, 1)
  Atomics.notify(words, seat * SEAT_WORDS + WAKES)
}

function full(why: string): Fault {
  const fault = new Fault('CONCURRENCY_FULL', `as many calls as may be are under way, ${why}`)
  fault.retryAfterS = RETRY_AFTER_S
  return fault
}
