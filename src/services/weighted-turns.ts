/** Whose turn it is, by weight and evenly spread: of weights 3 and 1 a gets a, a, b, a and never a, a, a, b. */

interface Weighted {
  readonly weight: number
}

/** Smooth weighted round robin: each round all gain their weight, and who has most pays for all. */
export class WeightedTurns<T extends Weighted> {
  readonly #items: readonly T[]
  readonly #credit: number[]
  readonly #total: number

  constructor(items: readonly T[]) {
    this.#items = items
    this.#credit = items.map(() => 0)
    this.#total = items.reduce((sum, { weight }) => sum + weight, 0)
  }

  /** Undefined when there are none. */
  next(): T | undefined {
    let best = 0
    for (let i = 0; i < this.#items.length; i++) {
      this.#credit[i]! += this.#items[i]!.weight
      if (this.#credit[i]! > this.#credit[best]!) best = i
    }
    this.#credit[best]! -= this.#total
    return this.#items[best]
  }
}
