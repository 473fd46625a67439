/** Follows WebSocket frames (RFC 6455 §5.2) by their heads alone, so that it is known where one ends. */

const CLOSE = 0x8

export class FrameFollower {
  /** Whether a Close frame went by: the last that this side says. */
  sawClose = false
  /** Bytes of the head that is being read. */
  #taken = 0
  #headBytes = 2
  #lengthBytes = 0
  #opcode = 0
  /** Bytes of payload that are to come. What cannot be a length is one that never comes to its end. */
  #left = 0

  get isBetweenFrames(): boolean {
    return this.#taken === 0 && this.#left === 0
  }

  /** Returns how many bytes it went over: all, or those `untilBoundary`. */
  follow(bytes: Buffer, untilBoundary = false): number {
    let at = 0
    while (at < bytes.length) {
      if (untilBoundary && this.isBetweenFrames) break
      if (this.#taken > 0 || this.#left === 0) this.#takeHead(bytes[at++]!)
      else {
        const passed = Math.min(this.#left, bytes.length - at)
        this.#left -= passed
        at += passed
      }
    }
    return at
  }

  #takeHead(byte: number): void {
    const at = this.#taken++
    if (at === 0) this.#opcode = byte & 0x0f
    else if (at === 1) {
      const length = byte & 0x7f
      this.#lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0
      this.#headBytes = 2 + this.#lengthBytes + (byte & 0x80 ? 4 : 0)
      this.#left = this.#lengthBytes === 0 ? length : 0
    } else if (at < 2 + this.#lengthBytes) this.#left = this.#left * 256 + byte
    if (at === 0 || this.#taken < this.#headBytes) return
    this.#taken = 0
    if (this.#opcode === CLOSE) this.sawClose = true
  }
}
