/** Lines of a log on their way to the one thread that writes: whole lines, in large pieces, a few times a second. */

/** Handed over, not copied: bytes in a buffer of their own (bench/micro/log-line: half the cost of gathering text). */
export type Lines = Uint8Array<ArrayBuffer>

const BATCH_BYTES = 65_536

export class LineBatch {
  readonly #send: (lines: Lines) => boolean
  readonly #onDropped: (lines: number) => void
  #bytes: Buffer<ArrayBuffer> | undefined = undefined
  #used = 0
  #lines = 0
  #timer: NodeJS.Timeout | undefined = undefined

  /** `send` says whether the writer could take them. */
  constructor(send: (lines: Lines) => boolean, onDropped: (lines: number) => void) {
    this.#send = send
    this.#onDropped = onDropped
  }

  run(everyMs: number): void {
    this.#timer = setInterval(() => this.flush(), everyMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.flush()
  }

  /** An ASCII line with its line end. */
  add(line: string): void {
    const { length } = line
    if (this.#bytes !== undefined && this.#used + length > this.#bytes.length) this.flush()
    this.#bytes ??= Buffer.allocUnsafeSlow(Math.max(BATCH_BYTES, length))
    this.#used += this.#bytes.write(line, this.#used, 'latin1')
    this.#lines++
  }

  flush(): void {
    if (this.#bytes === undefined) return
    const bytes = this.#bytes.subarray(0, this.#used)
    if (!this.#send(bytes)) this.#onDropped(this.#lines)
    this.#bytes = undefined
    this.#used = 0
    this.#lines = 0
  }
}
