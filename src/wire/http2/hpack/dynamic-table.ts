/** The fields that one side of HPACK has learned (RFC 7541 §2.3.2, §4): the newest first, the oldest out when room is short. */

export const DEFAULT_TABLE_BYTES = 4_096

/** What each field counts beside its text, here and against the bound of a list (RFC 7541 §4.1, RFC 9113 §6.5.2). */
export const FIELD_OVERHEAD = 32

export class DynamicTable {
  /** How many fields are in it. */
  count = 0
  #maxBytes = DEFAULT_TABLE_BYTES
  #bytes = 0
  /** A ring: the newest at `#newest`, the others before it. A power of two long. */
  #names: string[] = Array.from<string>({ length: 16 }).fill('')
  #values: string[] = Array.from<string>({ length: 16 }).fill('')
  #newest = -1

  get maxBytes(): number {
    return this.#maxBytes
  }

  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes
    this.#shrinkTo(maxBytes)
  }

  /** `index`: 0 is the newest; below `count`. */
  nameAt(index: number): string {
    return this.#names[(this.#newest - index) & (this.#names.length - 1)]!
  }

  valueAt(index: number): string {
    return this.#values[(this.#newest - index) & (this.#names.length - 1)]!
  }

  /** Where a field is, or -1. */
  find(name: string, value: string): number {
    for (let index = 0; index < this.count; index++)
      if (this.nameAt(index) === name && this.valueAt(index) === value) return index
    return -1
  }

  /** What is larger than the table empties it. */
  add(name: string, value: string): void {
    const bytes = name.length + value.length + FIELD_OVERHEAD
    this.#shrinkTo(this.#maxBytes - bytes)
    if (bytes > this.#maxBytes) return
    if (this.count === this.#names.length) this.#grow()
    this.#newest = (this.#newest + 1) & (this.#names.length - 1)
    this.#names[this.#newest] = name
    this.#values[this.#newest] = value
    this.#bytes += bytes
    this.count++
  }

  #shrinkTo(maxBytes: number): void {
    while (this.count > 0 && this.#bytes > maxBytes) {
      const oldest = (this.#newest - this.count + 1) & (this.#names.length - 1)
      this.#bytes -= this.#names[oldest]!.length + this.#values[oldest]!.length + FIELD_OVERHEAD
      this.#names[oldest] = this.#values[oldest] = ''
      this.count--
    }
  }

  #grow(): void {
    const { count } = this
    const names = Array.from<string>({ length: count * 2 }).fill('')
    const values = names.slice()
    for (let age = 0; age < count; age++) {
      names[count - 1 - age] = this.nameAt(age)
      values[count - 1 - age] = this.valueAt(age)
    }
    this.#names = names
    this.#values = values
    this.#newest = count - 1
  }
}
