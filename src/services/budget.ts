/** How often more than once: calls earn, all workers together, a part of what another try costs. */

/** So many other tries in a row are free, however few calls there were. */
const RESERVE = 10
/** Of one try, in the memory: the smallest share that can be written is a thousandth of a percent. */
const UNIT = 1_000_000
const MOST = RESERVE * UNIT

export const BUDGET_BYTES = 4

export class Budget {
  /** What was spent and not earned again: memory begins as zeros, and a budget begins full. */
  readonly #spent: Int32Array
  readonly #earned: number

  /** `share`: other tries for each call. `memory`: of all budgets; `at`: which is this one's. */
  constructor(share: number, memory: SharedArrayBuffer, at: number) {
    this.#earned = Math.round(share * UNIT)
    this.#spent = new Int32Array(memory, at * BUDGET_BYTES, 1)
  }

  /** A call was made. */
  earn(): void {
    for (;;) {
      const spent = Atomics.load(this.#spent, 0)
      if (spent === 0 || this.#replaces(spent, Math.max(0, spent - this.#earned))) return
    }
  }

  /** Whether there may be another try. */
  spend(): boolean {
    for (;;) {
      const spent = Atomics.load(this.#spent, 0)
      if (spent > MOST - UNIT) return false
      if (this.#replaces(spent, spent + UNIT)) return true
    }
  }

  #replaces(spent: number, by: number): boolean {
    return Atomics.compareExchange(this.#spent, 0, spent, by) === spent
  }
}
