/** What all threads know of the targets: a few numbers for each, in memory that they share. */

import { countCall, type FailureShare, failsTooOften, WINDOW_WORDS } from '#services/sliding-window'

/** How many targets there may be in all. */
export const MAX_TARGETS = 8_192

/** A slot: eight words, then a window of calls. */
const WINDOW = 8
const TARGET_BYTES = (WINDOW + WINDOW_WORDS) * 4
const WORDS = TARGET_BYTES / 4
const TIMES = TARGET_BYTES / 8

/** Int32 words of a slot. */
const CHECKED = 0
const FAILURES = 1
const EJECTIONS = 2
/** The last eight bytes before the window: a Float64. */
const EJECTED_UNTIL = 3

/** Ejected again and again, a target stays away for twice as long each time, so many times. */
const MAX_DOUBLINGS = 6

export interface OutlierRules {
  /** Failures in a row that eject a target. */
  readonly after: number
  /** The share of failures that ejects one, however they follow each other; undefined: none does. */
  readonly share?: FailureShare | undefined
  /** Milliseconds that it stays away, the first time. */
  readonly eject: number
  /** The share of a service's targets that may be away at once, from 0 to 1. */
  readonly maxEjected: number
}

export class TargetStates {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #times: Float64Array

  /** `memory`: of all targets. */
  constructor(memory = new SharedArrayBuffer(MAX_TARGETS * TARGET_BYTES)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
    this.#times = new Float64Array(memory)
  }

  /** Nothing is known of the target any more. */
  clear(slot: number): void {
    this.#words.fill(0, slot * WORDS, (slot + 1) * WORDS)
  }

  /** What active checks found anew. What they bring back has nothing against it any more. */
  setChecked(slot: number, isUp: boolean): void {
    if (isUp) {
      Atomics.store(this.#words, slot * WORDS + FAILURES, 0)
      Atomics.store(this.#words, slot * WORDS + EJECTIONS, 0)
      this.#times[slot * TIMES + EJECTED_UNTIL] = 0
    }
    Atomics.store(this.#words, slot * WORDS + CHECKED, isUp ? 1 : -1)
  }

  /** It is not checked any more. */
  forgetCheck(slot: number): void {
    Atomics.store(this.#words, slot * WORDS + CHECKED, 0)
  }

  isEjected(slot: number, now: number): boolean {
    return this.#times[slot * TIMES + EJECTED_UNTIL]! > now
  }

  /** Whether it may be asked: neither found down nor ejected. `now`: by the clock that all threads share. */
  isUp(slot: number, now: number): boolean {
    return this.#words[slot * WORDS + CHECKED] !== -1 && !this.isEjected(slot, now)
  }

  /** A call was answered well. */
  succeeded(slot: number, rules: OutlierRules, now: number): void {
    const at = slot * WORDS
    if (rules.share !== undefined) countCall(this.#words, at + WINDOW, true, now)
    if (this.#words[at + FAILURES] !== 0) Atomics.store(this.#words, at + FAILURES, 0)
    const ejectedUntil = this.#times[slot * TIMES + EJECTED_UNTIL]!
    if (ejectedUntil === 0 || ejectedUntil > now) return
    this.#times[slot * TIMES + EJECTED_UNTIL] = 0
    Atomics.store(this.#words, at + EJECTIONS, 0)
  }

  /** A call failed by the target's doing. `all`: the slots of the service. True when that ejects it. */
  failed(slot: number, all: readonly number[], rules: OutlierRules, now: number): boolean {
    if (!this.#isTooMuch(slot, rules, now)) return false
    const away = all.reduce((count, other) => count + Number(this.isEjected(other, now)), 0)
    if (this.isEjected(slot, now) || away + 1 > all.length * rules.maxEjected) return false
    const at = slot * WORDS
    const doublings = Math.min(Atomics.add(this.#words, at + EJECTIONS, 1), MAX_DOUBLINGS)
    this.#times[slot * TIMES + EJECTED_UNTIL] = now + rules.eject * 2 ** doublings
    // When it is back it is judged by what it does then.
    this.#words.fill(0, at + WINDOW, at + WORDS)
    return true
  }

  #isTooMuch(slot: number, { after, share }: OutlierRules, now: number): boolean {
    const at = slot * WORDS
    const window = at + WINDOW
    if (share !== undefined) countCall(this.#words, window, false, now)
    if (
      Atomics.add(this.#words, at + FAILURES, 1) + 1 >= after &&
      Atomics.exchange(this.#words, at + FAILURES, 0) >= after // else another thread was first
    )
      return true
    return share !== undefined && failsTooOften(this.#words, window, now, share)
  }
}
