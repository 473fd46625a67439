/** Lines of a log on their way to the one thread that writes: whole lines, in large pieces, a few times a second. */

export class LineBatch {
  readonly #send: (lines: string) => boolean
  readonly #onDropped: (lines: number) => void
  #text = ''
  #lines = 0
  #timer: NodeJS.Timeout | undefined = undefined

  /** `send` says whether the writer could take them. */
  constructor(send: (lines: string) => boolean, onDropped: (lines: number) => void) {
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

  add(line: string): void {
    this.#text += line
    this.#lines++
    if (this.#text.length > MAX_BATCH_CHARS) this.flush()
  }

  flush(): void {
    if (this.#lines === 0) return
    if (!this.#send(this.#text)) this.#onDropped(this.#lines)
    this.#text = ''
    this.#lines = 0
  }
}

const MAX_BATCH_CHARS = 262_144
