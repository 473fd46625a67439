/** Integers of HPACK (RFC 7541 §5.1), as the decoder reads them and as text of one character for each byte. */

/** More than any length or index can be, and far from where bit operations lose their sign. */
const MAX_MORE_BYTES = 4

/** Reads integers one after another; `at` stands behind the last. */
export class IntegerReader {
  at = 0

  /** Whose prefix has been read to `first`, with the ones that mean more in `mask`. -1 when it does not end, or not soon. */
  read(first: number, mask: number, bytes: Uint8Array, end: number): number {
    let value = first & mask
    if (value < mask) return value
    for (let more = 0; more < MAX_MORE_BYTES && this.at < end; more++) {
      const byte = bytes[this.at++]!
      value += (byte & 0x7f) << (7 * more)
      if (byte < 0x80) return value
    }
    return -1
  }
}

/** `pattern`: the bits before the prefix. */
export function integerText(value: number, pattern: number, mask: number): string {
  if (value < mask) return String.fromCharCode(pattern | value)
  let text = String.fromCharCode(pattern | mask)
  for (value -= mask; value >= 0x80; value >>>= 7)
    text += String.fromCharCode((value & 0x7f) | 0x80)
  return text + String.fromCharCode(value)
}
