/** The pieces of one header block, until it is whole (RFC 9113 §4.3, §6.10). */

/** Small pieces of a large head cost more than they bring: so many, and one for each full frame. */
const MAX_PIECES = 8

export class HeaderBlock {
  /** Whose block it is; 0 while none is begun. */
  stream = 0
  endsStream = false
  bytes: Buffer = Buffer.alloc(0)
  length = 0
  #pieces = 0
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  begin(stream: number, endsStream: boolean): void {
    this.stream = stream
    this.endsStream = endsStream
    this.length = 0
    this.#pieces = 0
  }

  /** False when it is too large, or comes in too many pieces. */
  add(piece: Buffer, start: number, end: number): boolean {
    const size = end - start
    const needed = this.length + size
    this.#pieces++
    const mayBe = MAX_PIECES + (this.#maxBytes >> 14)
    if (needed > this.#maxBytes || this.#pieces > mayBe) return false
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, 2 * needed))
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    }
    piece.copy(this.bytes, this.length, start, end)
    this.length = needed
    return true
  }

  /** It is read: nothing of it is kept. */
  end(): void {
    this.stream = 0
    this.bytes = EMPTY
  }
}

const EMPTY = Buffer.alloc(0)
