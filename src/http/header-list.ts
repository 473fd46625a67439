/** Header fields in the order they arrived; names in lower case, values as latin1 text (one char, one byte). */

export class HeaderList {
  /** name, value, name, value … Names are lower case. Live: whoever keeps it must copy it. */
  readonly flat: string[]

  constructor(flat: string[] = []) {
    this.flat = flat
  }

  /** The first value under a (lower-case) name. */
  get(name: string): string | undefined {
    const flat = this.flat
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return flat[i + 1]
    return undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Every value under a name, in order. */
  all(name: string): string[] {
    const flat = this.flat
    const values: string[] = []
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) values.push(flat[i + 1]!)
    return values
  }

  /** All values of a list-based field as one (RFC 9110 §5.3), or undefined when there is none. */
  joined(name: string): string | undefined {
    const flat = this.flat
    let joined: string | undefined
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] === name)
        joined = joined === undefined ? flat[i + 1] : `${joined}, ${flat[i + 1]}`
    }
    return joined
  }

  /** Puts one value in place of all there were, where the first stood. */
  set(name: string, value: string): void {
    const flat = this.flat
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] !== name) continue
      flat[i + 1] = value
      this.#deleteFrom(i + 2, name)
      return
    }
    flat.push(name, value)
  }

  add(name: string, value: string): void {
    this.flat.push(name, value)
  }

  delete(name: string): void {
    this.#deleteFrom(0, name)
  }

  copy(): HeaderList {
    return new HeaderList(this.flat.slice())
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i < this.flat.length; i += 2) yield [this.flat[i]!, this.flat[i + 1]!]
  }

  #deleteFrom(start: number, name: string): void {
    const flat = this.flat
    let kept = start
    for (let i = start; i < flat.length; i += 2) {
      if (flat[i] === name) continue
      flat[kept] = flat[i]!
      flat[kept + 1] = flat[i + 1]!
      kept += 2
    }
    flat.length = kept
  }
}
