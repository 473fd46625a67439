/** The one writer of a log: whole batches, in order, to standard output or a file; never more waiting than agreed. */

import { closeSync, openSync, write } from 'node:fs'

/** Bytes on their way from all workers to the writer, in shared memory: what is too much is dropped where it arises. */
export class LogQueue {
  readonly memory: SharedArrayBuffer
  readonly #bytes: Int32Array
  readonly #maxBytes: number

  constructor(maxBytes: number, memory = new SharedArrayBuffer(4)) {
    this.memory = memory
    this.#bytes = new Int32Array(memory)
    this.#maxBytes = maxBytes
  }

  /** Whether there is room for so many more; if so they are counted in. */
  enter(bytes: number): boolean {
    if (Atomics.add(this.#bytes, 0, bytes) + bytes <= this.#maxBytes) return true
    Atomics.sub(this.#bytes, 0, bytes)
    return false
  }

  leave(bytes: number): void {
    Atomics.sub(this.#bytes, 0, bytes)
  }
}

export const MAX_QUEUED_LOG_BYTES = 67_108_864

/** How long a pipe that is full is left alone. */
const FULL_PIPE_MS = 20

export class LogWriter {
  readonly #file: string | undefined
  readonly #batches: {
    readonly bytes: Uint8Array
    readonly onWritten: (() => void) | undefined
  }[] = []
  #fd: number
  #writing = false
  #whenIdle: (() => void)[] = []

  /** Without a file: a standard stream, by its descriptor. Fails when the file cannot be opened. */
  constructor(file: string | undefined, descriptor = 1) {
    this.#file = file
    this.#fd = file === undefined ? descriptor : openSync(file, 'a')
  }

  get isStandard(): boolean {
    return this.#file === undefined
  }

  /** `onWritten` is called when they are out, or never will be. */
  write(lines: string | Uint8Array, onWritten?: () => void): void {
    const bytes = typeof lines === 'string' ? Buffer.from(lines) : lines
    this.#batches.push({ bytes, onWritten })
    if (!this.#writing) this.#next()
  }

  /** Opens its file anew, after someone moved it away. */
  reopen(): void {
    if (this.#file === undefined) return
    const old = this.#fd
    this.#fd = openSync(this.#file, 'a')
    void this.idle().then(() => closeSync(old))
  }

  /** When all that it was given is written. */
  async idle(): Promise<void> {
    if (this.#writing) await new Promise<void>((resolve) => void this.#whenIdle.push(resolve))
  }

  async close(): Promise<void> {
    await this.idle()
    if (this.#file !== undefined) closeSync(this.#fd)
  }

  #next(): void {
    const batch = this.#batches.shift()
    this.#writing = batch !== undefined
    if (batch !== undefined) this.#writeFrom(batch.bytes, 0, this.#fd, batch.onWritten)
    else for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  /** A batch stays on the descriptor it began with, so that no line is torn by a reopened file. */
  #writeFrom(batch: Uint8Array, at: number, fd: number, onWritten: (() => void) | undefined): void {
    write(fd, batch, at, batch.length - at, null, (error, written) => {
      if (error?.code === 'EAGAIN')
        setTimeout(() => this.#writeFrom(batch, at, fd, onWritten), FULL_PIPE_MS)
      else if (error === null && at + written < batch.length)
        this.#writeFrom(batch, at + written, fd, onWritten)
      else {
        onWritten?.() // a reader that is gone, or a full disk, must not stop the gateway
        this.#next()
      }
    })
  }
}
