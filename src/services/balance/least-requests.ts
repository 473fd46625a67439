/** `leastRequests`: of two drawn by chance the one with less to do, which is nearly as good as the least of all. */

import type { Balanced, Balancer } from './balancer.ts'
import { Random } from './random.ts'

/** Draws for a second one that is another. */
const MOST_DRAWS = 4

export class LeastRequests<T extends Balanced> implements Balancer<T> {
  readonly #targets: readonly T[]
  readonly #random: Random<T>

  constructor(targets: readonly T[]) {
    this.#targets = targets
    this.#random = new Random(targets)
  }

  pick(): T | undefined {
    const first = this.#random.pick()
    if (this.#targets.length < 2) return first
    let second = this.#random.pick()
    for (let draws = 1; second === first && draws < MOST_DRAWS; draws++)
      second = this.#random.pick()
    return less(first!, second!)
  }
}

/** For its weight; the first when both have as much to do, so that idle targets share by chance and weight. */
export function less<T extends Balanced>(first: T, second: T): T {
  return second.load * first.weight < first.load * second.weight ? second : first
}
