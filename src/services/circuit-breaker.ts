/** `circuitBreaker`: a service that fails too often is left alone for a while, by all workers at once. */

import type { BreakerRules } from '#sdk/call-rules'

const BUCKETS = 10
const BUCKET_MS = 1_000
/** Id, calls and failures of each bucket; then probes under way, probes that went well; then when it may be asked again. */
const WORDS = BUCKETS * 3 + 4
const PROBES = BUCKETS * 3
const WELL = PROBES + 1
const UNTIL = PROBES + 2

export const BREAKER_BYTES = WORDS * 4

/** A bucket that someone is emptying. */
const BEING_EMPTIED = -1
const MOST_LOOKS = 10_000
/** So many probes must go well before all are let through again. */
const PROBES_TO_CLOSE = 10

/** Of the time in which a call was let through: 0 when all were, else when the service could be asked again. */
export type Pass = number

/** Whether one of them lets not all calls through. */
export function isOpen(memory: SharedArrayBuffer, at: number): boolean {
  return new Float64Array(memory, at * BREAKER_BYTES + UNTIL * 4, 1)[0] !== 0
}

/** One for each service in each worker, over memory that the workers share. */
export class CircuitBreaker {
  readonly #rules: BreakerRules
  readonly #words: Int32Array
  readonly #until: Float64Array

  /** `memory`: of all breakers; `at`: which is this one's. */
  constructor(rules: BreakerRules, memory: SharedArrayBuffer, at: number) {
    this.#rules = rules
    this.#words = new Int32Array(memory, at * BREAKER_BYTES, WORDS)
    this.#until = new Float64Array(memory, at * BREAKER_BYTES + UNTIL * 4, 1)
  }

  /**
   * A pass for a call, or undefined when the service is left alone. After that a few calls are let through, then more as
   * they go well. `now`: by the clock that all threads share.
   */
  admit(now: number): Pass | undefined {
    const until = this.#until[0]!
    if (until === 0) return 0
    if (now < until) return undefined
    const allowed = 1 + Atomics.load(this.#words, WELL)
    if (Atomics.add(this.#words, PROBES, 1) < allowed) return until
    Atomics.sub(this.#words, PROBES, 1)
    // Probes of a worker that died are never heard of: after as long again they do not count.
    if (now > until + this.#rules.open) Atomics.store(this.#words, PROBES, 0)
    return undefined
  }

  /** A call has ended; undefined: by no doing of the service. Calls of a time that is over say nothing of this one. */
  record(pass: Pass, isWell: boolean | undefined, now: number): void {
    if (pass !== this.#until[0]) return
    if (pass === 0) {
      if (isWell !== undefined) this.#count(isWell, now)
      return
    }
    Atomics.sub(this.#words, PROBES, 1)
    if (isWell === false) this.#open(now)
    else if (isWell && Atomics.add(this.#words, WELL, 1) + 1 >= PROBES_TO_CLOSE) this.#close()
  }

  #count(isWell: boolean, now: number): void {
    const id = Math.floor(now / BUCKET_MS)
    const at = (id % BUCKETS) * 3
    this.#emptyFor(at, id)
    Atomics.add(this.#words, at + 1, 1)
    if (isWell) return
    Atomics.add(this.#words, at + 2, 1)
    let [calls, failures] = [0, 0]
    for (let bucket = 0; bucket < PROBES; bucket += 3) {
      if (Atomics.load(this.#words, bucket) <= id - BUCKETS) continue
      calls += Atomics.load(this.#words, bucket + 1)
      failures += Atomics.load(this.#words, bucket + 2)
    }
    const { minRequests, errorRate } = this.#rules
    if (calls >= minRequests && failures >= calls * errorRate) this.#open(now)
  }

  /** A bucket is used again every ten seconds: one worker empties it, and none counts before. */
  #emptyFor(at: number, id: number): void {
    for (let looks = 0; ; looks++) {
      const found = Atomics.load(this.#words, at)
      if (found >= id) return
      // Whoever was emptying it may have died at that.
      if (found === BEING_EMPTIED && looks < MOST_LOOKS) continue
      if (Atomics.compareExchange(this.#words, at, found, BEING_EMPTIED) !== found) continue
      Atomics.store(this.#words, at + 1, 0)
      Atomics.store(this.#words, at + 2, 0)
      Atomics.store(this.#words, at, id)
    }
  }

  #open(now: number): void {
    Atomics.store(this.#words, PROBES, 0)
    Atomics.store(this.#words, WELL, 0)
    this.#until[0] = now + this.#rules.open
  }

  #close(): void {
    this.#words.fill(0)
    this.#until[0] = 0
  }
}
