/** A reply that gives its place back when it is over: its body whole, broken off, or wanted by nobody; its link closed. */

import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import { Link } from '#sdk/link'
import type { Reply } from '#sdk/reply'

interface Place {
  leave(): void
}

export function endingWith(reply: Reply, place: Place): void {
  const { body } = reply
  if (body instanceof Link) body.whenClosed(() => place.leave())
  else if (typeof body === 'object' && 'start' in body) reply.body = new EndingBody(body, place)
  else place.leave()
}

class EndingBody implements Body, Sink {
  readonly length: number | undefined
  readonly #body: Body
  #place: Place | undefined
  #sink: Sink | undefined = undefined

  constructor(body: Body, place: Place) {
    this.#body = body
    this.#place = place
    this.length = body.length
  }

  start(sink: Sink): void {
    this.#sink = sink
    this.#body.start(this)
  }

  pause(): void {
    this.#body.pause()
  }

  resume(): void {
    this.#body.resume()
  }

  abort(fault: Fault): void {
    this.#body.abort(fault)
    this.#leave()
  }

  chunk(bytes: Buffer): void {
    this.#sink!.chunk(bytes)
  }

  end(trailers?: HeaderList): void {
    this.#leave()
    this.#sink!.end(trailers)
  }

  fail(fault: Fault): void {
    this.#leave()
    this.#sink!.fail(fault)
  }

  #leave(): void {
    this.#place?.leave()
    this.#place = undefined
  }
}
