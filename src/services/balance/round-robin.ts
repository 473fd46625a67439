/** `roundRobin`: by weight, and evenly spread: of weights 3 and 1 a gets a, a, b, a and never a, a, a, b. */

import type { Balanced, Balancer } from './balancer.ts'

/** Smooth weighted round robin: each round all gain their weight, and who has most pays for all. */
export class RoundRobin<T extends Balanced> implements Balancer<T> {
  readonly #targets: readonly T[]
  readonly #credit: number[]
  readonly #total: number

  constructor(targets: readonly T[]) {
    this.#targets = targets
    this.#credit = targets.map(() => 0)
    this.#total = targets.reduce((sum, { weight }) => sum + weight, 0)
  }

  pick(): T | undefined {
    let best = 0
    for (let i = 0; i < this.#targets.length; i++) {
      this.#credit[i]! += this.#targets[i]!.weight
      if (this.#credit[i]! > this.#credit[best]!) best = i
    }
    this.#credit[best]! -= this.#total
    return this.#targets[best]
  }
}
