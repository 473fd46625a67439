/** Cached replies in a worker's own memory: so many bytes and entries, and no more. */

import type { Clock, Replies } from '#sdk/index'

interface Entry {
  readonly bytes: Uint8Array
  /** All that it takes of the budget. */
  readonly cost: number
  /** In the clock's milliseconds. */
  readonly expiresAt: number
  /** Whether it was asked for since it was last passed over. */
  isWanted: boolean
}

/** Bytes that an entry takes beside its own, about. */
const OVERHEAD = 256

export class MemoryReplies implements Replies {
  /** Oldest first. A hit only marks: moving it would cost more than all else. */
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock
  readonly #maxBytes: number
  readonly #maxEntries: number
  #bytes = 0

  constructor(clock: Clock, maxBytes: number, maxEntries: number) {
    this.#clock = clock
    this.#maxBytes = maxBytes
    this.#maxEntries = maxEntries
  }

  get(key: string): Uint8Array | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expiresAt <= this.#clock.now()) {
      this.delete(key)
      return undefined
    }
    entry.isWanted = true
    return entry.bytes
  }

  set(key: string, bytes: Uint8Array, ttlMs: number): void {
    this.delete(key)
    const cost = bytes.length + 2 * key.length + OVERHEAD
    if (cost > this.#maxBytes || ttlMs <= 0) return
    while (this.#bytes + cost > this.#maxBytes || this.#entries.size >= this.#maxEntries)
      this.#evict()
    const expiresAt = this.#clock.now() + ttlMs
    // Not a view of a buffer that something else is in.
    this.#entries.set(key, { bytes: Uint8Array.from(bytes), cost, expiresAt, isWanted: false })
    this.#bytes += cost
  }

  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.cost ?? 0
    this.#entries.delete(key)
  }

  /** The oldest goes, unless it was wanted: then it is as good as new, once. */
  #evict(): void {
    const now = this.#clock.now()
    for (const [key, entry] of this.#entries) {
      if (!entry.isWanted || entry.expiresAt <= now) {
        this.delete(key)
        return
      }
      entry.isWanted = false
      this.#entries.delete(key)
      this.#entries.set(key, entry)
    }
  }
}
