/** Bodies that a feature needs whole: gathered up to a bound, and then there to be read again. */

import type { Awaitable } from '#base/awaitable'
import { Pending } from '#base/pending'
import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import type { Exchange } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import { KeptBody } from '#sdk/kept-body'

const NOTHING = Buffer.alloc(0)

/**
 * The request's whole body, byte for byte; it goes on to the service all the same. Fails with BODY_TOO_LARGE when it
 * has more than `ex.limits.bufferBytes`, at once where it says so itself, or with the fault that broke it off.
 */
export function holdBody(ex: Exchange): Awaitable<Buffer> {
  const { request, limits } = ex
  const { body } = request
  if (body === undefined) return NOTHING
  if (body instanceof KeptBody) return body.bytes
  request.expectsContinue = false // whoever starts the body asks the client for it
  return gather(body, limits.bufferBytes, (kept) => (request.body = kept))
}

/** A reply's body, or whatever else is given: fails like `holdBody`. */
export function readWhole(body: Body | undefined, maxBytes: number): Awaitable<Buffer> {
  return body === undefined ? NOTHING : gather(body, maxBytes)
}

function gather(
  body: Body,
  maxBytes: number,
  onKept?: (kept: KeptBody) => void,
): Awaitable<Buffer> {
  const gathering = new Gathering(body, maxBytes, onKept)
  gathering.begin()
  return gathering
}

class Gathering extends Pending<Buffer> implements Sink {
  readonly #body: Body
  readonly #maxBytes: number
  readonly #onKept: ((kept: KeptBody) => void) | undefined
  readonly #pieces: Buffer[] = []
  #bytes = 0

  constructor(body: Body, maxBytes: number, onKept?: (kept: KeptBody) => void) {
    super()
    this.#body = body
    this.#maxBytes = maxBytes
    this.#onKept = onKept
  }

  begin(): void {
    const { length } = this.#body
    // What a client was not asked for it need not send, so the body is not even started.
    if (length !== undefined && length > this.#maxBytes)
      this.reject(new Fault('BODY_TOO_LARGE', `a body of ${length} bytes would have to be held`))
    else this.#body.start(this)
  }

  chunk(bytes: Buffer): void {
    if (this.settled) return
    this.#bytes += bytes.length
    if (this.#bytes <= this.#maxBytes) {
      this.#pieces.push(Buffer.from(bytes)) // the buffer is used again
      return
    }
    const fault = new Fault(
      'BODY_TOO_LARGE',
      `a body of more than ${this.#maxBytes} bytes would have to be held`,
    )
    this.#pieces.length = 0
    this.#body.abort(fault)
    this.reject(fault)
  }

  end(trailers?: HeaderList): void {
    if (this.settled) return
    const whole = Buffer.concat(this.#pieces)
    this.#onKept?.(new KeptBody(whole, trailers))
    this.settle(whole)
  }

  fail(fault: Fault): void {
    this.#pieces.length = 0
    this.reject(fault)
  }
}
