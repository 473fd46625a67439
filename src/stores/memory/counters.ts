/** Counters in memory that all workers share: exact over every core, and of a fixed size. */

import { hash } from 'node:crypto'
import {
  type Charge,
  type Clock,
  type Counters,
  type Rate,
  type Standing,
  StoreFailure,
} from '#sdk/index'
import { decide, type State } from './rates.ts'

/** Bytes: the lock, and room so that slots begin where numbers may. */
const HEAD = 64
/** A slot in numbers of 8 bytes: key (two), expiry, a, b, c. */
const WIDTH = 6
const EXPIRES = 2
/** A key may stand in any slot of its bucket; when all are taken the one that ends first makes room. */
const BUCKET = 8
const SPINS_BEFORE_REST = 200
const REST_MS = 1
const MOST_RESTS = 50

export class SharedCounters implements Counters {
  readonly #clock: Clock
  readonly #lock: Int32Array
  readonly #numbers: Float64Array
  readonly #keys: BigUint64Array
  readonly #buckets: number
  /** What the lock says when it is ours. */
  readonly #owner: number

  /** `shared`: zeros at first; 512 bytes or more. */
  constructor(shared: SharedArrayBuffer, clock: Clock, worker: number) {
    this.#clock = clock
    this.#owner = worker + 1
    this.#lock = new Int32Array(shared, 0, 1)
    const slots = Math.floor((shared.byteLength - HEAD) / 8 / WIDTH)
    this.#buckets = Math.floor(slots / BUCKET)
    if (this.#buckets < 1) throw new RangeError('too little memory for counters')
    this.#numbers = new Float64Array(shared, HEAD, this.#buckets * BUCKET * WIDTH)
    this.#keys = new BigUint64Array(shared, HEAD, this.#numbers.length)
  }

  consume(charges: readonly Charge[]): readonly Standing[] {
    const keys = charges.map(({ key, rate }) => keyOf(key, rate))
    // Of the time of day: what a thread counts for itself begins when the thread does.
    const now = this.#clock.wall()
    this.#take()
    try {
      const states = keys.map((key) => this.#read(key, now))
      const decisions = charges.map(({ rate, cost }, n) => decide(rate, cost, states[n]!, now))
      const passes = decisions.every((decision) => decision.passes)
      for (const [n, { charged, keepMs }] of decisions.entries()) {
        if (passes && charges[n]!.cost > 0) this.#write(keys[n]!, now, charged, keepMs)
      }
      // Who would have passed is not charged where another refused.
      return charges.map(({ rate }, n) =>
        standingOf(
          passes || !decisions[n]!.passes ? decisions[n]! : decide(rate, 0, states[n]!, now),
        ),
      )
    } finally {
      Atomics.store(this.#lock, 0, 0)
    }
  }

  #take(): void {
    for (let tries = 0, rests = 0; ; tries++) {
      const holder = Atomics.compareExchange(this.#lock, 0, 0, this.#owner)
      if (holder === 0) return
      if (tries < SPINS_BEFORE_REST) continue
      if (rests++ === MOST_RESTS) throw new StoreFailure(`worker ${holder - 1} holds the counters`)
      Atomics.wait(this.#lock, 0, holder, REST_MS)
    }
  }

  #read(key: Key, now: number): State {
    const numbers = this.#numbers
    const at = this.#find(key, now)
    if (!this.#stands(key, at) || this.#endOf(at, now) === 0) return { a: 0, b: 0, c: 0 }
    return { a: numbers[at + 3]!, b: numbers[at + 4]!, c: numbers[at + 5]! }
  }

  #write(key: Key, now: number, { a, b, c }: State, keepMs: number): void {
    const at = this.#find(key, now)
    this.#keys.set(key, at)
    this.#numbers.set([now + keepMs, a, b, c], at + EXPIRES)
  }

  /** Where the key stands; else what makes room for it: a slot that is over, or the one that ends first. */
  #find(key: Key, now: number): number {
    const first = Number(key[1] % BigInt(this.#buckets)) * BUCKET * WIDTH
    let soonest = first
    for (let at = first; at < first + BUCKET * WIDTH; at += WIDTH) {
      if (this.#stands(key, at)) return at
      if (this.#endOf(at, now) < this.#endOf(soonest, now)) soonest = at
    }
    return soonest
  }

  #stands([high, low]: Key, at: number): boolean {
    return this.#keys[at] === high && this.#keys[at + 1] === low
  }

  #endOf(at: number, now: number): number {
    const end = this.#numbers[at + EXPIRES]!
    return end <= now ? 0 : end
  }
}

type Key = readonly [high: bigint, low: bigint]

/** 128 bits of a digest: nobody can make two keys that are one. */
function keyOf(key: string, rate: Rate): Key {
  const digest = hash('sha256', `${rateName(rate)} ${key}`, 'buffer')
  return [digest.readBigUInt64LE(0), digest.readBigUInt64LE(8)]
}

function rateName(rate: Rate): string {
  const { algorithm, limit, periodMs } = rate
  return `${algorithm} ${limit} ${periodMs} ${rate.algorithm === 'gcra' ? rate.burst : ''}`
}

function standingOf({ passes, remaining, resetMs, retryMs }: Standing): Standing {
  return { passes, remaining, resetMs, retryMs }
}

/** What a worker held when it died. It may have died between two counters: the first of them is charged. */
export function freeLock(shared: SharedArrayBuffer, worker: number): void {
  Atomics.compareExchange(new Int32Array(shared, 0, 1), 0, worker + 1, 0)
}
