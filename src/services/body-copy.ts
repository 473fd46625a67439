/** A body that goes on as it comes, and is kept as well, up to a size. */

import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import { PassingBody } from '#services/passing-body'

/** Why there is no copy: it grew too large, or the body broke off. */
export type NoCopy = 'tooLarge' | 'dropped'

/** Who wants the copy. */
export interface CopyTaker {
  /** The body begins to come: whether there is room for a copy. */
  mayKeep(): boolean
  /** Told once of each that was kept, and of none that was not. */
  kept(copy: Buffer | NoCopy): void
}

export class BodyCopy extends PassingBody implements Sink {
  readonly #maxBytes: number
  readonly #taker: CopyTaker
  #sink: Sink | undefined = undefined
  #pieces: Buffer[] | undefined = undefined
  #bytes = 0

  constructor(body: Body, maxBytes: number, taker: CopyTaker) {
    super(body)
    this.#maxBytes = maxBytes
    this.#taker = taker
  }

  // ---- as a body

  override start(sink: Sink): void {
    this.#sink = sink
    if (this.#taker.mayKeep()) this.#pieces = []
    this.inner.start(this)
  }

  override abort(fault: Fault): void {
    super.abort(fault)
    this.#give('dropped')
  }

  // ---- as a sink

  chunk(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > this.#maxBytes) this.#give('tooLarge')
    else this.#pieces?.push(Buffer.from(bytes)) // the buffer is used again
    this.#sink!.chunk(bytes)
  }

  end(trailers?: HeaderList): void {
    const pieces = this.#pieces
    this.#sink!.end(trailers)
    if (pieces !== undefined) this.#give(Buffer.concat(pieces))
  }

  fail(fault: Fault): void {
    this.#sink!.fail(fault)
    this.#give('dropped')
  }

  #give(copy: Buffer | NoCopy): void {
    if (this.#pieces === undefined) return
    this.#pieces = undefined
    this.#taker.kept(copy)
  }
}
