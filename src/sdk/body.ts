/** A message body, pushed: HTTP/1, HTTP/2, the cache, composition and compression all speak it. */

import type { HeaderList } from '#http/header-list'
import type { Fault } from '#sdk/fault'

/** Who takes a body's bytes. */
export interface Sink {
  /** Valid only during the call: the buffer is reused. Copy what must be kept. */
  chunk(bytes: Buffer): void
  /** The body is whole. Nothing follows. */
  end(trailers?: HeaderList): void
  /** The body broke off. Nothing follows, and what came must never look whole. */
  fail(fault: Fault): void
}

/** Whether there is nothing in it: then a request can be sent as often as one without a body. */
export function isEmpty(body: Body | undefined): boolean {
  return body === undefined || body.length === 0
}

/** Who gives a body's bytes. Pushes nothing before `start`, and nothing more after `end`, `fail` or `abort`. */
export interface Body {
  /** In bytes, when known beforehand. One of none may be started again. */
  readonly length?: number | undefined
  start(sink: Sink): void
  /** Asks for a rest. A few chunks already on their way may still come. */
  pause(): void
  resume(): void
  /** Nobody wants it any more. */
  abort(fault: Fault): void
}
