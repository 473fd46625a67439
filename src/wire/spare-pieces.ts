/** Buffers for what is on its way out, used again and again: else each large piece of a body is garbage at once. */

/** What one read brings at most. */
export const PIECE_BYTES = 65_536
/** Kept while nobody needs them: 4 MiB in each thread. */
const MOST_SPARE = 64

const spare: Buffer[] = []

export interface Copy {
  readonly bytes: Buffer
  /** They are written, or never will be. */
  readonly release: () => void
}

/** Of `PIECE_BYTES`; whoever is done with it gives it back, or leaves it to the garbage. */
export function takePiece(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
}

export function giveBack(piece: Buffer): void {
  if (spare.length < MOST_SPARE) spare.push(piece)
}

export function copyOf(bytes: Buffer): Copy {
  if (bytes.length > PIECE_BYTES) return { bytes: Buffer.from(bytes), release() {} }
  const piece = takePiece()
  bytes.copy(piece)
  return {
    bytes: piece.subarray(0, bytes.length),
    release: () => giveBack(piece),
  }
}
