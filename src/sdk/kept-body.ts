/** A body that is there already, and can be started as often as one likes. */

import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'

export class KeptBody implements Body {
  readonly length: number
  readonly bytes: Buffer
  readonly #trailers: HeaderList | undefined

  constructor(bytes: Buffer, trailers?: HeaderList) {
    this.length = bytes.length
    this.bytes = bytes
    this.#trailers = trailers
  }

  start(sink: Sink): void {
    if (this.bytes.length > 0) sink.chunk(this.bytes)
    sink.end(this.#trailers)
  }

  pause(): void {}

  resume(): void {}

  abort(): void {}
}
