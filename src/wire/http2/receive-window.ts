/** How much the peer may send before it is taken (RFC 9113 §5.2). The same for both sides, for a stream and for a connection. */

export class ReceiveWindow {
  readonly #size: number
  #left: number
  /** Taken, and not told to the peer. */
  #owed = 0

  constructor(size: number) {
    this.#size = size
    this.#left = size
  }

  /** False when that is more than it was allowed to. */
  arrived(bytes: number): boolean {
    this.#left -= bytes
    return this.#left >= 0
  }

  /** Returns by how much the peer's view of it is to grow now; often 0, so that one frame does for many pieces. */
  taken(bytes: number): number {
    this.#owed += bytes
    if (this.#owed * 2 < this.#size) return 0
    const increment = this.#owed
    this.#owed = 0
    this.#left += increment
    return increment
  }
}
