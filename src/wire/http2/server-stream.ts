/** One request and its reply on a stream of HTTP/2. */

import { constants, type ServerHttp2Stream, type ServerStreamResponseOptions } from 'node:http2'
import { Timed } from '#base/timer-wheel'
import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type { ConnectionUser, Served } from '#wire/connection'
import { requestFraming } from '#wire/http1/framing'
import type { RequestHead } from '#wire/http1/head'
import { RequestBody } from '#wire/http1/request-body'
import { fieldObject, replyFields } from '#wire/http2/field-lists'
import { readHead } from '#wire/http2/request-head'
import { RequestReader } from '#wire/http2/request-reader'
import type { ReplyChannel, ReplyStart } from '#wire/reply-channel'

export interface StreamOwner {
  readonly user: ConnectionUser
  readonly scheme: 'http' | 'https'
  /** `reset`: before it was answered, and not by us. */
  streamOver(stream: ServerStream, reset: boolean): void
}

const { NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants

const OWNER = Symbol('owner')

interface Owned extends ServerHttp2Stream {
  [OWNER]: ServerStream
}

/** Its deadline is for a client that does not read; a body that does not come has its own. */
export class ServerStream extends Timed implements ReplyChannel, Sink {
  readonly protocol = 'h2'
  readonly version = '2'
  bodyTimeoutMs: number
  bytesOut = 0
  readonly #owner: StreamOwner
  readonly #stream: ServerHttp2Stream
  #served: Served | undefined = undefined
  #reader: RequestReader | undefined = undefined
  /** Whoever pushes the reply's body, and how long it is to be. */
  #body: Body | undefined = undefined
  #length: number | undefined = undefined
  #trailers: HeaderList | undefined = undefined
  #stalled = false
  /** All of the reply is given to the library. */
  #ended = false
  #over = false

  constructor(owner: StreamOwner, stream: ServerHttp2Stream) {
    super()
    this.#owner = owner
    this.#stream = stream
    this.bodyTimeoutMs = owner.user.limits.bodyTimeoutMs
    ;(stream as Owned)[OWNER] = this
    stream.on('error', ignore).on('finish', onFinish).on('close', onClose)
  }

  /** `whole`: nothing follows the head. */
  begin(raw: readonly string[], whole: boolean): void {
    const { user, scheme } = this.#owner
    const head = readHead(raw, user.limits, scheme, user.trusted)
    if (typeof head === 'string') {
      this.#serve(user.refusal(this, head, undefined))
      return
    }
    const framing = requestFraming(head)
    if (typeof framing === 'string' || (whole && framing > 0))
      this.#serve(user.refusal(this, 'BAD_FRAMING', head))
    else this.#serve(user.request(this, head, this.#bodyOf(head, framing, whole)))
  }

  #serve(served: Served): void {
    this.#served = served
    served.begin()
  }

  #bodyOf(head: RequestHead, framing: number, whole: boolean): RequestBody | undefined {
    const length = framing < 0 ? undefined : framing
    if (whole) return length === undefined ? undefined : RequestBody.empty()
    const expects = head.expect !== undefined
    this.#reader = new RequestReader(this.#stream, this, this.#owner.user.wheel, length, expects)
    return this.#reader.body
  }

  // ---- ReplyChannel

  get finished(): boolean {
    return this.#ended || this.#over || this.#stream.closed || this.#stream.destroyed
  }

  distrust(): void {} // the other streams are requests of their own

  informational(status: number, fields: readonly string[]): void {
    if (this.finished || this.#stream.headersSent) return
    this.#stream.additionalHeaders(fieldObject(fields, status))
  }

  sendHead(start: ReplyStart, told: string | undefined): void {
    if (this.#respond(replyFields(start, told), { endStream: true })) this.#end()
  }

  send(start: ReplyStart, body: Buffer | undefined): void {
    const length = body?.length ?? 0
    if (!this.#respond(replyFields(start, length), { endStream: length === 0 })) return
    this.bytesOut = length
    this.#end(length === 0 ? undefined : body)
  }

  stream(start: ReplyStart, body: Body): void {
    const { length } = body
    if (!this.#respond(replyFields(start, length), { waitForTrailers: length === undefined })) {
      body.abort(new Fault('CLIENT_GONE'))
      return
    }
    if (length === undefined) this.#stream.on('wantTrailers', onWantTrailers)
    this.#length = length
    this.#body = body
    body.start(this)
  }

  /** What the library does not take is never sent in part. */
  #respond(fields: readonly string[], options: ServerStreamResponseOptions): boolean {
    try {
      this.#stream.respond(fields, options)
      return true
    } catch (error) {
      this.fail(new Fault('REPLY_CUT', `the reply cannot be sent by HTTP/2: ${String(error)}`))
      return false
    }
  }

  // ---- Sink: the reply's body

  chunk(bytes: Buffer): void {
    if (this.finished) return
    this.bytesOut += bytes.length
    const copy = Buffer.from(bytes) // the bytes are the giver's again when this call returns
    if (this.bytesOut === this.#length) this.#end(copy)
    else if (!this.#stream.write(copy)) this.#stall()
  }

  end(trailers?: HeaderList): void {
    if (this.finished) return
    this.#trailers = trailers
    if (this.#length === undefined || this.#length === this.bytesOut) this.#end()
    else this.fail(new Fault('REPLY_CUT', 'the body is not as long as was said'))
  }

  /** The stream is reset, so that what was sent can never look whole. */
  fail(fault: Fault): void {
    if (this.#over) return
    this.#finish(false, fault)
    this.#stream.close(NGHTTP2_INTERNAL_ERROR)
  }

  #end(last?: Buffer): void {
    this.#ended = true
    this.#body = undefined
    if (this.#stream.writableFinished) this.sent() // a reply to HEAD is at its end from the beginning
    else {
      this.#owner.user.wheel.setIn(this, this.#owner.user.limits.idleTimeoutMs)
      if (last !== undefined) this.#stream.end(last)
      else if (!this.#stream.writableEnded) this.#stream.end()
    }
  }

  #stall(): void {
    if (this.#stalled) return
    this.#stalled = true
    this.#owner.user.wheel.setIn(this, this.#owner.user.limits.idleTimeoutMs)
    this.#stream.once('drain', onDrain)
    this.#body?.pause()
  }

  drained(): void {
    this.#stalled = false
    if (this.finished) return
    this.#owner.user.wheel.setAt(this, Infinity)
    this.#body?.resume()
  }

  sendTrailers(): void {
    if (!this.#stream.destroyed) this.#stream.sendTrailers(fieldObject(this.#trailers?.flat ?? []))
  }

  // ---- the end

  /** All of the reply is on its way. */
  sent(): void {
    if (!this.#ended || this.#over) return
    this.#finish(true)
    // What is left of the request is of no use to anyone (RFC 9113 §8.1).
    if (this.#reader !== undefined && !this.#stream.readableEnded)
      this.#stream.close(NGHTTP2_NO_ERROR)
  }

  /** The client left, or must. `reset`: it left before it was answered. */
  gone(fault: Fault, reset = false): void {
    if (this.#over) return
    const body = this.#body
    this.#over = true // first: what fails with the body is not to be answered
    this.#reader?.fail(new Fault('CLIENT_GONE'))
    body?.abort(new Fault('CLIENT_GONE'))
    this.#served?.clientGone(fault)
    this.#leave(false, undefined, reset)
    if (!this.#stream.destroyed) this.#stream.close(NGHTTP2_CANCEL)
  }

  /** Both sides at their end is as good as `finish`, which then may not come. */
  closed(): void {
    if (this.#ended && this.#stream.rstCode === NGHTTP2_NO_ERROR) this.sent()
    if (!this.#over) this.gone(new Fault('CLIENT_GONE'), true) // a fault costs as much as its stack is deep
  }

  #finish(complete: boolean, fault?: Fault): void {
    this.#over = true
    this.#leave(complete, fault, false)
  }

  #leave(complete: boolean, fault: Fault | undefined, reset: boolean): void {
    this.#body = undefined
    this.#owner.user.wheel.remove(this)
    this.#served?.finished(complete, fault)
    this.#owner.streamOver(this, reset)
  }

  override onDeadline(): void {
    this.gone(new Fault('CLIENT_GONE', 'the client stopped reading'))
  }
}

// One function for all streams, not one for each.

function onFinish(this: ServerHttp2Stream): void {
  ;(this as Owned)[OWNER].sent()
}

function onClose(this: ServerHttp2Stream): void {
  ;(this as Owned)[OWNER].closed()
}

function onDrain(this: ServerHttp2Stream): void {
  ;(this as Owned)[OWNER].drained()
}

function onWantTrailers(this: ServerHttp2Stream): void {
  ;(this as Owned)[OWNER].sendTrailers()
}

function ignore(): void {}
