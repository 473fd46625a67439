/** Buffers for copies on their way out, used again and again: else each large piece of a body is garbage at once. */

/** What one read brings at most. */
const PIECE_BYTES = 65_536
/** Kept while nobody needs them: 4 MiB in each thread. */
const MOST_SPARE = 64

const spare: Buffer[] = []

export interface Copy {
  readonly bytes: Buffer
  /** They are written, or never will be. */
  readonly release: () => void
}

export function copyOf(bytes: Buffer): Copy {
  if (bytes.length > PIECE_BYTES) return { bytes: Buffer.from(bytes), release() {} }
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
  bytes.copy(buffer)
  return {
    bytes: buffer.subarray(0, bytes.length),
    release() {
      if (spare.length < MOST_SPARE) spare.push(buffer)
    },
  }
}
