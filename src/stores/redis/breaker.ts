/** Leaves Redis alone while it does not answer: nobody waits for what is not going to come. */

const FAILURES_IN_A_ROW = 5
const OPEN_MS = 1_000

export class Breaker {
  #failures = 0
  #openUntil = 0

  /** One in a while may find out how things are: until that is known the others go without. */
  allows(now: number): boolean {
    if (this.#openUntil === 0) return true
    if (now < this.#openUntil) return false
    this.#openUntil = now + OPEN_MS
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#openUntil = 0
  }

  failed(now: number): void {
    if (++this.#failures >= FAILURES_IN_A_ROW) this.#openUntil = now + OPEN_MS
  }
}
