/** What was found out about tokens, by their hash: so many and no more, and the least used go first. */

/** Two halves: when the younger is full the older is forgotten. A hit costs a look, and moves nothing while it is young. */
export class FactCache<Found extends object> {
  readonly #maxEntries: number
  readonly #maxBytes: number
  #young = new Map<string, Found>()
  #old = new Map<string, Found>()
  #youngBytes = 0

  constructor(maxEntries: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** `bytes`: as when it was set. */
  get(hash: string, bytes: number): Found | undefined {
    const young = this.#young.get(hash)
    if (young !== undefined) return young
    const old = this.#old.get(hash)
    if (old === undefined) return undefined
    this.#old.delete(hash)
    this.set(hash, old, bytes)
    return old
  }

  set(hash: string, found: Found, bytes: number): void {
    const isFull =
      (this.#young.size + 1) * 2 > this.#maxEntries ||
      (this.#youngBytes + bytes) * 2 > this.#maxBytes
    if (isFull) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    this.#young.set(hash, found)
    this.#youngBytes += bytes
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#youngBytes = 0
  }
}
