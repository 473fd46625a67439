/** A reply that gives its place back when it is over: its body whole, broken off, or wanted by nobody; its link closed. */

import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import { Link } from '#sdk/link'
import type { Reply } from '#sdk/reply'
import { PassingBody } from '#services/passing-body'

interface Place {
  leave(): void
}

export function endingWith(reply: Reply, place: Place): void {
  const { body } = reply
  if (body instanceof Link) body.whenClosed(() => place.leave())
  else if (typeof body === 'object' && 'start' in body) reply.body = new EndingBody(body, place)
  else place.leave()
}

class EndingBody extends PassingBody implements Sink {
  #place: Place | undefined
  #sink: Sink | undefined = undefined

  constructor(body: Body, place: Place) {
    super(body)
    this.#place = place
  }

  override start(sink: Sink): void {
    this.#sink = sink
    this.inner.start(this)
  }

  override abort(fault: Fault): void {
    super.abort(fault)
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
