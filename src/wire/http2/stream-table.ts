/** The streams of one connection by their numbers: those that are open, and how the last ones ended. */

export interface Numbered {
  readonly id: number
  /** Where the table keeps it. */
  index: number
}

/** `byPeer`: it had said all it had to say, or gave it up. `byUs`: it may not have heard of that yet. */
export type Ended = 'byPeer' | 'byUs'

const REMEMBERED = 128

export class StreamTable<Stream extends Numbered> {
  /** In no order. */
  readonly open: Stream[] = [] // by index, swapped out: a Set or Map that gains and loses one a request costs 8 µs
  /** The highest that was ever begun. */
  lastId = 0
  readonly #endedIds = new Uint32Array(REMEMBERED)
  readonly #endedByUs = new Uint8Array(REMEMBERED)
  #ended = 0
  /** The highest whose end is forgotten. */
  #forgotten = 0

  find(id: number): Stream | undefined {
    const { open } = this
    for (let i = open.length - 1; i >= 0; i--) if (open[i]!.id === id) return open[i]
    return undefined
  }

  add(stream: Stream): void {
    this.lastId = stream.id
    stream.index = this.open.push(stream) - 1
  }

  remove(stream: Stream, ended: Ended): void {
    const last = this.open.pop()!
    if (last !== stream) {
      this.open[stream.index] = last
      last.index = stream.index
    }
    this.note(stream.id, ended)
  }

  /** For one that is not in the table. */
  note(id: number, ended: Ended): void {
    const at = this.#ended++ % REMEMBERED
    this.#forgotten = Math.max(this.#forgotten, this.#endedIds[at]!)
    this.#endedIds[at] = id
    this.#endedByUs[at] = ended === 'byUs' ? 1 : 0
  }

  /** Of one that is not open. Undefined when it was never begun; of one that is forgotten the more harmless. */
  endOf(id: number): Ended | undefined {
    const at = this.#endedIds.indexOf(id)
    if (at < 0) return id <= this.#forgotten ? 'byUs' : undefined
    return this.#endedByUs[at] === 1 ? 'byUs' : 'byPeer'
  }
}
