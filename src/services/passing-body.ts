/** A body that goes on as it comes: for those that look at it, or wait for its end. */

import type { Body, Sink } from '#sdk/body'
import type { Fault } from '#sdk/fault'

export abstract class PassingBody implements Body {
  readonly length: number | undefined
  protected readonly inner: Body

  constructor(inner: Body) {
    this.length = inner.length
    this.inner = inner
  }

  abstract start(sink: Sink): void

  pause(): void {
    this.inner.pause()
  }

  resume(): void {
    this.inner.resume()
  }

  abort(fault: Fault): void {
    this.inner.abort(fault)
  }
}
