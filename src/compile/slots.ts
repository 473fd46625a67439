/** Places in the shared memory, by what stands there: the same one for as long as it is there. */

export class Slots {
  readonly #count: number
  /** Says what there are too many of. */
  readonly #what: string
  readonly #clear: (slot: number) => void
  readonly #slots = new Map<string, number>()
  /** Given up, the one that has rested longest first: calls that began before may still write there. */
  readonly #resting: number[] = []
  #next = 0

  constructor(count: number, what: string, clear: (slot: number) => void) {
    this.#count = count
    this.#what = what
    this.#clear = clear
  }

  /** Fails when there are too many. */
  of(key: string): number {
    let slot = this.#slots.get(key)
    if (slot !== undefined) return slot
    slot = this.#next < this.#count ? this.#next++ : this.#resting.shift()
    if (slot === undefined) throw new Error(`there are more than ${this.#count} ${this.#what}`)
    this.#clear(slot)
    this.#slots.set(key, slot)
    return slot
  }

  /** These are all there are now: the places of others may be used again. */
  keep(keys: ReadonlySet<string>): void {
    for (const [key, slot] of this.#slots) {
      if (keys.has(key)) continue
      this.#slots.delete(key)
      this.#resting.push(slot)
    }
  }
}
