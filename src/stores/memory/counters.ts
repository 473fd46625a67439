/** Counters in memory that all workers share: exact over every core, and of a fixed size. */

import { hash } from 'node:crypto'
import {
  type Charge,
  type Clock,
  type Counters,
  type Rate,
  rateName,
  type Standing,
  StoreFailure,
} from '#sdk/index'
import { CounterTable, freeLocks } from './counter-table.ts'
import { type Decision, decide } from './rates.ts'

const SPINS_BEFORE_REST = 200
const REST_MS = 1
const MOST_RESTS = 50

export class SharedCounters implements Counters {
  readonly #clock: Clock
  readonly #table: CounterTable
  /** What a lock says when it is ours. */
  readonly #owner: number
  /** What the names of rates come to: there are as many as configurations have. */
  readonly #rates = new WeakMap<Rate, string>()

  /** `shared`: zeros at first; 512 bytes or more. */
  constructor(shared: SharedArrayBuffer, clock: Clock, worker: number) {
    this.#clock = clock
    this.#owner = worker + 1
    this.#table = new CounterTable(shared)
  }

  consume(charges: readonly Charge[]): readonly Standing[] {
    const [only] = charges
    if (charges.length === 1) return [this.#consumeOne(only!)]
    const keys = charges.map((charge) => this.#keyOf(charge))
    // One after the other in the same order for all, so that nobody waits in a circle.
    const stripes: number[] = []
    for (const key of keys) {
      const stripe = this.#table.stripeOf(key)
      if (!stripes.includes(stripe)) stripes.push(stripe)
    }
    if (stripes.length > 1) stripes.sort(ascending)
    let taken = 0
    try {
      for (; taken < stripes.length; taken++) this.#take(stripes[taken]!)
      return this.#decideAll(charges, keys)
    } finally {
      while (taken > 0) this.#table.unlock(stripes[--taken]!)
    }
  }

  #consumeOne(charge: Charge): Standing {
    const key = this.#keyOf(charge)
    const stripe = this.#table.stripeOf(key)
    this.#take(stripe)
    try {
      const { rate, cost, isSpent } = charge
      const now = this.#clock.wall()
      const decision = decide(rate, cost, this.#table.read(key, now), now, isSpent)
      if (decision.passes && cost !== 0) this.#write(key, decision, now)
      else this.#correct(key, decision, now)
      return standingOf(decision)
    } finally {
      this.#table.unlock(stripe)
    }
  }

  #decideAll(charges: readonly Charge[], keys: readonly Uint32Array[]): Standing[] {
    const now = this.#clock.wall()
    const states = keys.map((key) => this.#table.read(key, now))
    const decisions = charges.map(({ rate, cost, isSpent }, n) =>
      decide(rate, cost, states[n]!, now, isSpent),
    )
    const passes = decisions.every((decision) => decision.passes)
    for (const [n, decision] of decisions.entries())
      if (passes && charges[n]!.cost !== 0) this.#write(keys[n]!, decision, now)
      else this.#correct(keys[n]!, decision, now)
    // Who would have passed is not charged where another refused.
    return decisions.map((decision, n) =>
      standingOf(
        passes || !decision.passes ? decision : decide(charges[n]!.rate, 0, states[n]!, now),
      ),
    )
  }

  #correct(key: Uint32Array, { corrected }: Decision, now: number): void {
    if (corrected !== undefined)
      this.#table.write(key, corrected.state, now, now + corrected.keepMs)
  }

  #write(key: Uint32Array, { charged, keepMs }: Decision, now: number): void {
    this.#table.write(key, charged, now, now + keepMs)
  }

  /** 128 bits of a digest: nobody can make two keys that are one. */
  #keyOf({ key, rate }: Charge): Uint32Array {
    let name = this.#rates.get(rate)
    if (name === undefined) this.#rates.set(rate, (name = rateName(rate)))
    const digest = hash('sha256', `${name} ${key}`, 'buffer')
    return new Uint32Array(digest.buffer, digest.byteOffset, 4)
  }

  #take(stripe: number): void {
    for (let tries = 0, rests = 0; ; tries++) {
      const holder = this.#table.lock(stripe, this.#owner)
      if (holder === 0) return
      if (tries < SPINS_BEFORE_REST) continue
      if (rests++ === MOST_RESTS) throw new StoreFailure(`worker ${holder - 1} holds the counters`)
      this.#table.rest(stripe, holder, REST_MS)
    }
  }
}

function ascending(a: number, b: number): number {
  return a - b
}

function standingOf({ passes, remaining, resetMs, retryMs }: Standing): Standing {
  return { passes, remaining, resetMs, retryMs }
}

/** What a worker held when it died. It may have died between two counters: the first of them is charged. */
export function freeLock(shared: SharedArrayBuffer, worker: number): void {
  freeLocks(shared, worker + 1)
}
