/** Ids that no one can guess or repeat, for a few nanoseconds each. */

import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 8_192
const pool = Buffer.alloc(POOL_BYTES)
let digits = ''
let used = 0

/** `bytes` random bytes (at most 64) as lower-case hex. A slice: whoever keeps many for long should copy them. */
export function randomHex(bytes: number): string {
  if (used + 2 * bytes > digits.length) {
    digits = randomFillSync(pool).toString('hex')
    used = 0
  }
  const start = used
  used += 2 * bytes
  return digits.slice(start, used)
}
