/** How long a service takes to the head of its reply, as one worker saw it: shares of the last thousand or so. */

/** Four to a doubling, from a millisecond to a minute. */
const PER_DOUBLING = 4
const BUCKETS = 64
/** Before so many, nothing can be said. */
const ENOUGH = 20
/** Then the old count for half. */
const MANY = 1_000

export class ReplyTimes {
  readonly #counts = new Uint32Array(BUCKETS)
  #total = 0

  record(ms: number): void {
    const bucket = Math.ceil(Math.log2(Math.max(1, ms)) * PER_DOUBLING)
    this.#counts[Math.min(bucket, BUCKETS - 1)]!++
    if (++this.#total >= MANY) this.#halve()
  }

  /** Milliseconds within which this share of replies came, to a fifth; undefined while too few are known. */
  within(share: number): number | undefined {
    if (this.#total < ENOUGH) return undefined
    let rest = this.#total * share
    let bucket = 0
    while (bucket < BUCKETS - 1 && (rest -= this.#counts[bucket]!) > 0) bucket++
    return 2 ** (bucket / PER_DOUBLING)
  }

  #halve(): void {
    this.#total = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      this.#total += this.#counts[bucket] = this.#counts[bucket]! >> 1
  }
}
