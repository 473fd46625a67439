/** A number that all workers count together and that never passes a bound: each has a share of its own, which dies with it. */

/** Two that take the last at the same moment both step back and try again: seldom twice. */
const MOST_TRIES = 1_000

export class SharedCount {
  readonly #words: Int32Array
  readonly #first: number
  readonly #end: number
  readonly #step: number
  readonly #own: number

  /** Of `seats` workers; the share of each stands `step` words behind that of the one before. */
  constructor(words: Int32Array, first: number, seats: number, step: number, seat: number) {
    this.#words = words
    this.#first = first
    this.#end = first + seats * step
    this.#step = step
    this.#own = first + seat * step
  }

  /**
   * One more, unless there are `most`. Each says so first and looks then: of those who hold one at the same time the last
   * to say so has seen all others. Who steps back looks again, so that the last one free is never left to nobody.
   */
  take(most: number): boolean {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      Atomics.add(this.#words, this.#own, 1)
      if (this.sum() <= most) return true
      Atomics.sub(this.#words, this.#own, 1)
      if (this.sum() >= most) return false
    }
    return false
  }

  give(): void {
    Atomics.sub(this.#words, this.#own, 1)
  }

  sum(): number {
    let sum = 0
    for (let at = this.#first; at < this.#end; at += this.#step)
      sum += Atomics.load(this.#words, at)
    return sum
  }
}
