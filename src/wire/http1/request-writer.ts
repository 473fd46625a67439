/** Requests onto a connection to a service. */

import type { Socket } from 'node:net'
import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type { OutboundRequest } from '#wire/http1/client-connection'
import { Framing } from '#wire/http1/framing'
import { MessageWriter } from '#wire/http1/message-writer'
import { framingLine } from '#wire/http1/serialize'

/** The connection a writer writes for. */
export interface RequestOwner {
  requestSent(): void
  requestBroke(fault: Fault): void
  writeStalled(): void
  writeResumed(): void
}

export class RequestWriter extends MessageWriter implements Sink {
  finished = true
  readonly #owner: RequestOwner
  #head = ''
  #passesTrailers = true

  constructor(owner: RequestOwner, socket: Socket) {
    super(socket)
    this.#owner = owner
  }

  /** Nothing is written before `end`, `pump` or `flushHead`: until then the request is as good as never sent. */
  begin({ headText, body, passesTrailers }: OutboundRequest): void {
    this.finished = false
    this.bytesOut = 0
    if (body === undefined) this.framing = Framing.none
    else this.framing = body.length ?? Framing.chunked
    this.#passesTrailers = passesTrailers
    this.#head = `${headText}${framingLine(this.framing)}\r\n`
  }

  flushHead(): void {
    this.writeText(this.#head)
    this.#head = ''
    this.flush()
  }

  pump(body: Body): void {
    this.writeText(this.#head)
    this.#head = ''
    this.body = body
    body.start(this)
    if (!this.finished) this.queueFlush()
  }

  chunk(bytes: Buffer): void {
    if (!this.finished) this.writeChunk(bytes)
  }

  end(trailers?: HeaderList): void {
    if (this.finished) return
    this.writeText(this.#head)
    this.#head = ''
    if (!this.writeEnd(this.#passesTrailers ? trailers : undefined)) {
      this.fail(new Fault('BAD_BODY', 'the body is not as long as was said'))
      return
    }
    this.finished = true
    this.body = undefined
    this.#owner.requestSent()
  }

  fail(fault: Fault): void {
    if (this.finished) return
    this.finished = true
    this.body = undefined
    this.discardPending()
    this.#owner.requestBroke(fault)
  }

  /** The reply is whole, or the connection is over: the rest of the request is not wanted. */
  stop(): void {
    if (this.finished) return
    this.finished = true
    this.discardPending()
    const { body } = this
    this.body = undefined
    body?.abort(new Fault('SERVICE_RESET'))
  }

  protected override onStalled(): void {
    this.#owner.writeStalled()
  }

  protected override onResumed(): void {
    this.#owner.writeResumed()
  }
}
