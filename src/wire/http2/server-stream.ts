/** One request and its reply on a stream of HTTP/2. */

import { Fault } from '#sdk/fault'
import type { Served } from '#wire/connection'
import { requestFraming } from '#wire/framing'
import type { RequestHead } from '#wire/head'
import { RequestBody } from '#wire/request-body'
import { ErrorCode } from '#wire/http2/frames'
import { type ReplyOwner, ReplyStream } from '#wire/http2/reply-stream'
import { readHead } from '#wire/http2/request-head'
import { type ReaderOwner, RequestReader } from '#wire/http2/request-reader'
import { readTrailers } from '#wire/http2/request-trailers'
import type { Ended } from '#wire/http2/stream-table'

/** The connection that a stream is of. */
export interface StreamOwner extends ReplyOwner {
  readonly scheme: 'http' | 'https'
  streamOver(stream: ServerStream, ended: Ended): void
  /** The client made one void before it was answered. */
  streamVoid(): void
}

export class ServerStream extends ReplyStream implements ReaderOwner {
  /** Where the table of streams keeps it. */
  index = 0
  readonly #owner: StreamOwner
  #served: Served | undefined = undefined
  #reader: RequestReader | undefined = undefined

  constructor(owner: StreamOwner, id: number, window: number, isOpen: boolean) {
    super(owner, id, window, isOpen)
    this.#owner = owner
  }

  /** `fields`: of its head; undefined when they are too large. */
  begin(fields: readonly string[] | undefined): void {
    const { user, scheme } = this.#owner
    const head =
      fields === undefined
        ? 'HEADERS_TOO_LARGE'
        : readHead(fields, user.limits, scheme, user.trusted)
    if (typeof head === 'string') {
      this.#serve(user.refusal(this, head, undefined))
      return
    }
    const framing = requestFraming(head)
    if (typeof framing === 'string' || (!this.isOpen && framing > 0))
      this.#serve(user.refusal(this, 'BAD_FRAMING', head))
    else this.#serve(user.request(this, head, this.#bodyOf(head, framing)))
  }

  #serve(served: Served): void {
    this.#served = served
    served.begin()
  }

  #bodyOf(head: RequestHead, framing: number): RequestBody | undefined {
    const length = framing < 0 ? undefined : framing
    if (!this.isOpen) return length === undefined ? undefined : RequestBody.empty()
    const expects = head.expect !== undefined
    this.#reader = new RequestReader(this, this.#owner.user.wheel, length, expects)
    return this.#reader.body
  }

  // ---- what follows the head

  /** A DATA frame begins. False when it is more than its window allows. */
  mayTake(bytes: number): boolean {
    return this.#reader === undefined || this.#reader.mayCome(bytes)
  }

  takeData(bytes: Buffer): void {
    if (!this.over && this.#reader?.take(bytes) === false) this.#malformed('more DATA than said')
  }

  /** A DATA frame ends. */
  dataEnded(padding: number, endsStream: boolean): void {
    if (this.over) return
    this.#reader?.skipPadding(padding)
    if (endsStream) this.#endRequest(undefined)
  }

  /** `fields`: undefined when they are too large. */
  takeTrailers(fields: readonly string[] | undefined): void {
    const trailers = fields && readTrailers(fields)
    if (trailers === undefined) this.#malformed('trailers that cannot be')
    else this.#endRequest(trailers)
  }

  #endRequest(trailers: ReturnType<typeof readTrailers>): void {
    this.isOpen = false
    if (this.#reader?.end(trailers) === false) this.#malformed('less DATA than said')
  }

  /** For RequestReader. */
  widen(by: number): void {
    if (!this.over) this.#owner.writer.windowUpdate(this.id, by)
  }

  // ---- the end

  #malformed(what: string): void {
    this.makeVoid(ErrorCode.protocol, what)
  }

  /** The client said what cannot be said on this stream: an error of it alone (RFC 9113 §5.4.2). */
  makeVoid(code: number, what: string): void {
    if (this.over) return
    this.breakOff(code, new Fault('BAD_BODY', what))
    this.#owner.streamVoid()
  }

  protected override breakOff(code: number, fault: Fault): void {
    this.#owner.writer.reset(this.id, code)
    this.gone('byUs', fault)
  }

  /** The client gave it up, or left, or must. */
  gone(ended: Ended, fault: Fault): void {
    if (this.over) return
    this.over = true // first: what fails with the body is not to be answered
    this.body?.abort(new Fault('CLIENT_GONE'))
    this.#reader?.fail(new Fault('CLIENT_GONE'))
    this.#served?.clientGone(fault)
    this.leave(ended, false)
  }

  protected override leave(ended: Ended, complete: boolean, fault?: Fault): void {
    this.over = true
    this.body = undefined
    const { user, bodies } = this.#owner
    bodies.drop(this.out)
    user.wheel.remove(this)
    this.#reader?.fail(new Fault('CLIENT_GONE'))
    this.#served?.finished(complete, fault)
    this.#owner.streamOver(this, ended)
  }
}
