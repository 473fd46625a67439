/** Header blocks in, fields out (RFC 7541 §3, §6), bounded while they are read: what is over the bound is not built. */

import { DEFAULT_TABLE_BYTES, DynamicTable, FIELD_OVERHEAD } from '#wire/http2/hpack/dynamic-table'
import { decodeHuffman } from '#wire/http2/hpack/huffman'
import { IntegerReader } from '#wire/http2/hpack/integer'
import { STATIC_FIELDS, staticNames, staticValues } from '#wire/http2/hpack/static-table'

/** `tooLarge`: the table is right, and other blocks can be read, but this list is not whole. `broken`: nothing can be read after it. */
export type Decoded = 'whole' | 'tooLarge' | 'broken'

/** Shared by all connections of a thread: what is written here is made a text at once. */
let scratch = new Uint8Array(4_096)
let text = Buffer.from(scratch.buffer)

const integers = new IntegerReader()

export class HeaderDecoder {
  readonly #table = new DynamicTable()
  readonly #maxListBytes: number
  readonly #maxFields: number

  constructor(maxListBytes: number, maxFields: number) {
    this.#maxListBytes = maxListBytes
    this.#maxFields = maxFields
  }

  /** Reads the block `bytes[start, end)` and puts name, value, name, value … into `flat`, which is empty. */
  decode(bytes: Buffer, start: number, end: number, flat: string[]): Decoded {
    const table = this.#table
    let listBytes = 0
    let fields = 0
    integers.at = start
    while (integers.at < end) {
      const first = bytes[integers.at++]!
      let name: string | undefined
      let value: string | undefined
      if (first >= 0x80) {
        const index = integers.read(first, 0x7f, bytes, end)
        name = this.#nameAt(index)
        if (name === undefined) return 'broken'
        value =
          index <= STATIC_FIELDS ? staticValues[index]! : table.valueAt(index - STATIC_FIELDS - 1)
      } else if (first >= 0x20 && first < 0x40) {
        // Only where a block begins (§4.2).
        if (fields > 0 || !this.#resize(integers.read(first, 0x1f, bytes, end))) return 'broken'
        continue
      } else {
        const isIndexed = first >= 0x40
        const index = integers.read(first, isIndexed ? 0x3f : 0x0f, bytes, end)
        name = index === 0 ? readText(bytes, end) : this.#nameAt(index)
        if (name === undefined) return 'broken'
        value = readText(bytes, end)
        if (value === undefined) return 'broken'
        if (isIndexed) table.add(name, value)
      }
      fields++
      listBytes += name.length + value.length + FIELD_OVERHEAD
      if (listBytes <= this.#maxListBytes && fields <= this.#maxFields) flat.push(name, value)
    }
    return flat.length === 2 * fields ? 'whole' : 'tooLarge'
  }

  #nameAt(index: number): string | undefined {
    if (index <= 0) return undefined
    if (index <= STATIC_FIELDS) return staticNames[index]
    const at = index - STATIC_FIELDS - 1
    return at < this.#table.count ? this.#table.nameAt(at) : undefined
  }

  #resize(maxBytes: number): boolean {
    if (maxBytes < 0 || maxBytes > DEFAULT_TABLE_BYTES) return false
    this.#table.resize(maxBytes)
    return true
  }
}

/** Reads a text (§5.2). Undefined when it is not all there, or not of the code. */
function readText(bytes: Buffer, end: number): string | undefined {
  if (integers.at >= end) return undefined
  const first = bytes[integers.at++]!
  const length = integers.read(first, 0x7f, bytes, end)
  const start = integers.at
  if (length < 0 || length > end - start) return undefined
  integers.at = start + length
  if (first < 0x80) return bytes.toString('latin1', start, start + length)
  if (length * 2 > scratch.length) {
    scratch = new Uint8Array(length * 2)
    text = Buffer.from(scratch.buffer)
  }
  const written = decodeHuffman(bytes, start, start + length, scratch)
  return written < 0 ? undefined : text.toString('latin1', 0, written)
}
