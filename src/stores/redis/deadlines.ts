/** Deadlines that are all as far away: one timer for as many as there are. */

import type { Clock } from '#sdk/index'

interface Deadline {
  readonly endsAt: number
  expire: (() => void) | undefined
}

export class Deadlines {
  readonly #clock: Clock
  readonly #ms: number
  /** In the order in which they end. */
  #waiting: Deadline[] = []
  #isArmed = false

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** To be marked done, by taking its `expire` away. */
  add(expire: () => void): { expire: (() => void) | undefined } {
    const deadline = { endsAt: this.#clock.now() + this.#ms, expire }
    this.#waiting.push(deadline)
    this.#arm()
    return deadline
  }

  #arm(): void {
    const [first] = this.#waiting
    if (this.#isArmed || first === undefined) return
    this.#isArmed = true
    const waitMs = Math.max(1, first.endsAt - this.#clock.now())
    // What arrived while this thread was busy is read before anything is late.
    setTimeout(() => setImmediate(() => this.#look()), waitMs)
  }

  #look(): void {
    this.#isArmed = false
    const now = this.#clock.now()
    const left = this.#waiting.findIndex(
      ({ endsAt, expire }) => expire !== undefined && endsAt > now,
    )
    const over = this.#waiting.splice(0, left === -1 ? this.#waiting.length : left)
    for (const { expire } of over) expire?.()
    this.#arm()
  }
}
