/** Log lines on their way from a worker to the one writer: a ring in shared memory, one who adds and one who takes. */

/** What one worker says. */
export interface WorkerLog {
  readonly access: LineRing
  readonly errors: LineRing
}

/** The positions, before the lines: all bytes ever added, and all ever taken, modulo 2³². */
const ADDED = 0
const TAKEN = 1
const HEAD_BYTES = 8

/**
 * Nothing is allocated, copied or sent for a line, so that logging stays cheap (bench/micro/log-line), and what a
 * worker said last can be read after its death. What finds no room is dropped where it arises.
 */
export class LineRing {
  readonly memory: SharedArrayBuffer
  readonly #at: Int32Array
  readonly #lines: Buffer
  #added: number
  #taken: number
  #takenUntil: number

  /** `memory`: of `LineRing.memory`, for the other side. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#at = new Int32Array(memory, 0, 2)
    this.#lines = Buffer.from(memory, HEAD_BYTES)
    this.#added = Atomics.load(this.#at, ADDED)
    this.#taken = Atomics.load(this.#at, TAKEN)
    this.#takenUntil = this.#taken
  }

  /** `bytes`: a power of two. Pages that no line ever reached take no memory. */
  static memory(bytes: number): SharedArrayBuffer {
    return new SharedArrayBuffer(HEAD_BYTES + bytes)
  }

  // ---- the worker's side

  /** An ASCII line with its line end; false when there is no room for it. */
  add(line: string): boolean {
    const size = this.#lines.length
    const { length } = line
    if (((this.#added - this.#taken) >>> 0) + length > size) {
      this.#taken = Atomics.load(this.#at, TAKEN)
      if (((this.#added - this.#taken) >>> 0) + length > size) return false
    }
    const start = this.#added & (size - 1)
    const atEnd = size - start
    if (length <= atEnd) this.#lines.write(line, start, 'latin1')
    else {
      this.#lines.write(line.slice(0, atEnd), start, 'latin1')
      this.#lines.write(line.slice(atEnd), 0, 'latin1')
    }
    this.#added = (this.#added + length) | 0
    Atomics.store(this.#at, ADDED, this.#added) // not before the bytes are there
    return true
  }

  // ---- the writer's side

  get isEmpty(): boolean {
    return Atomics.load(this.#at, ADDED) === this.#taken
  }

  /** Whole lines, in one piece or two; they stay as they are until `release`. Nothing when there are none, or some were taken already. */
  take(): Buffer[] {
    if (this.#takenUntil !== this.#taken) return []
    const added = Atomics.load(this.#at, ADDED)
    const count = (added - this.#taken) >>> 0
    if (count === 0) return []
    this.#takenUntil = added
    const start = this.#taken & (this.#lines.length - 1)
    const end = start + count
    if (end <= this.#lines.length) return [this.#lines.subarray(start, end)]
    return [this.#lines.subarray(start), this.#lines.subarray(0, end - this.#lines.length)]
  }

  /** What was taken is written: its room is free. */
  release(): void {
    this.#taken = this.#takenUntil
    Atomics.store(this.#at, TAKEN, this.#taken)
  }
}
