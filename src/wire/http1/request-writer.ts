/** Requests onto a connection to a service. */

import type { Socket } from 'node:net'
import type { HeaderList } from '#http/header-list'
import type { Body } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import type { OutboundRequest } from '#wire/http1/connection-owner'
import { Framing } from '#wire/framing'
import { MessageWriter } from '#wire/http1/message-writer'
import { framingLine } from '#wire/http1/serialize'

/** The connection a writer writes for. */
export interface RequestOwner {
  requestSent(): void
  fail(fault: Fault): void
  writeStalled(): void
  writeResumed(): void
}

export class RequestWriter extends MessageWriter {
  protected override readonly wrongLength = 'BAD_BODY'
  protected override readonly unwanted = 'SERVICE_RESET'
  readonly #owner: RequestOwner
  /** Without the lines that come late, and without the empty one. */
  #head = ''
  #lateLines: (() => string) | undefined = undefined
  #passesTrailers = true

  constructor(owner: RequestOwner, socket: Socket) {
    super(socket)
    this.#owner = owner
  }

  /** Nothing is written before `end`, `pump` or `flushHead`: until then the request is as good as never sent. */
  begin({ headText, lateLines, body, passesTrailers }: OutboundRequest): void {
    this.finished = false
    this.bytesOut = 0
    if (body === undefined) this.framing = Framing.none
    else this.framing = body.length ?? Framing.chunked
    this.#passesTrailers = passesTrailers
    this.#head = headText + framingLine(this.framing)
    this.#lateLines = lateLines
  }

  flushHead(): void {
    this.#writeHead()
    this.flush()
  }

  pump(body: Body): void {
    this.#writeHead()
    this.pull(body)
  }

  override end(trailers?: HeaderList): void {
    if (this.finished) return
    this.#writeHead()
    super.end(this.#passesTrailers ? trailers : undefined)
  }

  #writeHead(): void {
    if (this.#head === '') return
    const late = this.#lateLines === undefined ? '' : this.#lateLines()
    this.writeText(`${this.#head}${late}\r\n`)
    this.#head = ''
    this.#lateLines = undefined
  }

  protected override onWritten(): void {
    this.#owner.requestSent()
  }

  /** The body broke off: the service must not take what it has for the whole. */
  protected override onBroken(fault: Fault): void {
    this.discardPending()
    this.#owner.fail(fault)
  }

  protected override onStalled(): void {
    this.#owner.writeStalled()
  }

  protected override onResumed(): void {
    this.#owner.writeResumed()
  }
}
