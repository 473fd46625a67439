/** `random`: by weight, without a memory. */

import type { Balanced, Balancer } from './balancer.ts'

export class Random<T extends Balanced> implements Balancer<T> {
  readonly #targets: readonly T[]
  /** Where the share of each ends, in the sum of all weights. */
  readonly #ends: readonly number[]
  readonly #total: number

  constructor(targets: readonly T[]) {
    this.#targets = targets
    let total = 0
    this.#ends = targets.map(({ weight }) => (total += weight))
    this.#total = total
  }

  pick(): T | undefined {
    const ends = this.#ends
    const point = Math.random() * this.#total
    let low = 0
    for (let high = ends.length - 1; low < high;) {
      const middle = (low + high) >> 1
      if (ends[middle]! > point) high = middle
      else low = middle + 1
    }
    return this.#targets[low]
  }
}
