/** The body of a request being read: what its taker asks of it goes to the connection it comes from. */

import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import type { Fault } from '#sdk/fault'

/** In every `bodyTimeout` at least this much of a body must come: drops one by one hold a connection for ever. */
export const MIN_BODY_BYTES = 256

/** The connection behind a body. */
export interface BodySource {
  bodyStarted(): void
  bodyPaused(): void
  bodyResumed(): void
  bodyAborted(): void
}

export class RequestBody implements Body, Sink {
  readonly length: number | undefined
  /** Bytes pushed so far. */
  bytes = 0
  paused = false
  readonly #source: BodySource | undefined
  #sink: Sink | undefined = undefined
  #over = false
  #fault: Fault | undefined = undefined

  constructor(source: BodySource | undefined, length: number | undefined) {
    this.#source = source
    this.length = length
  }

  /** A body of no bytes: `Content-Length: 0`. */
  static empty(): RequestBody {
    return new RequestBody(undefined, 0)
  }

  get started(): boolean {
    return this.#sink !== undefined
  }

  start(sink: Sink): void {
    this.#sink = sink
    if (this.#fault !== undefined) sink.fail(this.#fault)
    else if (this.#source === undefined) sink.end()
    else this.#source.bodyStarted()
  }

  pause(): void {
    if (this.paused || this.#over) return
    this.paused = true
    this.#source?.bodyPaused()
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.#source?.bodyResumed()
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#source?.bodyAborted()
  }

  // As a sink: what the decoder reads from the wire.

  chunk(bytes: Buffer): void {
    this.bytes += bytes.length
    if (!this.#over) this.#sink!.chunk(bytes)
  }

  end(trailers?: HeaderList): void {
    if (this.#over) return
    this.#over = true
    this.#sink!.end(trailers)
  }

  fail(fault: Fault): void {
    if (this.#over) return
    this.#over = true
    this.#fault = fault
    this.#sink?.fail(fault)
  }
}
