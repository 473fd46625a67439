/** `circuitBreaker`: a service that fails too often is left alone for a while, by all workers at once. */

import type { BreakerRules } from '#sdk/call-rules'
import { countCall, failsTooOften, WINDOW_WORDS } from '#services/sliding-window'

/** A window, then probes under way, probes that went well; then when it may be asked again. */
const WORDS = WINDOW_WORDS + 4
const PROBES = WINDOW_WORDS
const WELL = PROBES + 1
const UNTIL = PROBES + 2

export const BREAKER_BYTES = WORDS * 4

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

  /** Seconds until a call may be let through, whole ones and one at least: for Retry-After. */
  secondsShut(now: number): number {
    return Math.max(1, Math.ceil((this.#until[0]! - now) / 1_000))
  }

  /** A call has ended; undefined: by no doing of the service. Calls of a time that is over say nothing of this one. */
  record(pass: Pass, isWell: boolean | undefined, now: number): void {
    if (pass !== this.#until[0]) return
    if (pass === 0) {
      if (isWell === undefined) return
      countCall(this.#words, 0, isWell, now)
      if (!isWell && failsTooOften(this.#words, 0, now, this.#rules)) this.#open(now)
      return
    }
    Atomics.sub(this.#words, PROBES, 1)
    if (isWell === false) this.#open(now)
    else if (isWell && Atomics.add(this.#words, WELL, 1) + 1 >= PROBES_TO_CLOSE) this.#close()
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
