/** The one writer of a log: whole batches, in order, to standard output or a file; never more waiting than agreed. */

import { closeSync, constants, fstatSync, mkdirSync, openSync, write } from 'node:fs'
import { dirname } from 'node:path'

interface Batch {
  readonly pieces: readonly Uint8Array[]
  readonly onWritten: () => void
}

const LINE_FEED = 0x0a
const NEW_LINE = Uint8Array.of(LINE_FEED)

/** How long a pipe that is full is left alone. */
const FULL_PIPE_MS = 20

export class LogWriter {
  readonly #file: string | undefined
  readonly #batches: Batch[] = []
  #fd: number
  #writing = false
  #lastByte = LINE_FEED
  #abandoned = false
  #whenIdle: (() => void)[] = []

  /** Without a file: a standard stream, by its descriptor. Fails when the file cannot be opened. */
  constructor(file: string | undefined, descriptor = 1) {
    this.#file = file
    this.#fd = file === undefined ? withoutBlocking(descriptor) : open(file)
  }

  get isStandard(): boolean {
    return this.#file === undefined
  }

  /** Pieces of whole lines. `onWritten` is called when they are out, or never will be. */
  write(pieces: readonly Uint8Array[], onWritten: () => void = () => {}): void {
    this.#batches.push({ pieces, onWritten })
    if (!this.#writing) this.#next()
  }

  /** Opens its file anew, after someone moved it away. When that fails it goes on with the old one, and throws. */
  reopen(): void {
    if (this.#file === undefined) return
    const old = this.#fd
    this.#fd = open(this.#file)
    void this.idle().then(() => closeSync(old))
  }

  /** When all that it was given is written. */
  async idle(): Promise<void> {
    if (this.#writing) await new Promise<void>((resolve) => void this.#whenIdle.push(resolve))
  }

  /** What is left to write is given up: nobody reads. */
  abandon(): void {
    this.#abandoned = true
  }

  async close(): Promise<void> {
    await this.idle()
    if (this.#file !== undefined) closeSync(this.#fd)
  }

  #next(): void {
    const batch = this.#batches.shift()
    this.#writing = batch !== undefined
    if (batch === undefined) for (const resolve of this.#whenIdle.splice(0)) resolve()
    // A line was cut off in the middle, as on a full disk: the next begins on a line of its own.
    else if (this.#lastByte === LINE_FEED) this.#write(batch, batch.pieces, this.#fd)
    else this.#write(batch, [NEW_LINE, ...batch.pieces], this.#fd)
  }

  /** A batch stays on the descriptor it began with, so that no line is torn by a reopened file. */
  #write(batch: Batch, pieces: readonly Uint8Array[], fd: number): void {
    const [piece, ...later] = pieces
    if (piece === undefined) {
      this.#done(batch)
      return
    }
    write(fd, piece, 0, piece.length, null, (error, written) => {
      if (error?.code === 'EAGAIN' && !this.#abandoned)
        setTimeout(() => this.#write(batch, pieces, fd), FULL_PIPE_MS)
      else if (error !== null) this.#done(batch) // a reader that is gone, or a full disk, must not stop the gateway
      else {
        this.#lastByte = piece[written - 1] ?? this.#lastByte
        const rest = written < piece.length ? [piece.subarray(written), ...later] : later
        this.#write(batch, rest, fd)
      }
    })
  }

  #done({ onWritten }: Batch): void {
    onWritten()
    this.#next()
  }
}

/** To append to, in a folder that is made when it is not there. */
function open(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'a')
  } catch (thrown) {
    throw new Error(`the log ${file} cannot be opened: ${(thrown as Error).message}`, {
      cause: thrown,
    })
  }
}

/** A pipe opened anew, so that a reader who has stopped blocks no thread: the process could not even end. */
function withoutBlocking(descriptor: number): number {
  try {
    if (!fstatSync(descriptor).isFIFO()) return descriptor
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return descriptor
  }
}
