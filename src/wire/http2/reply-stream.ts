/** The reply's side of a stream: head, body as fast as the client takes it, trailers; or a reset, when it breaks off. */

import { Timed } from '#base/timer-wheel'
import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type { ConnectionUser } from '#wire/connection'
import type { FrameWriter } from '#wire/http2/frame-writer'
import { ErrorCode, MAX_PAYLOAD_BYTES } from '#wire/http2/frames'
import type { HeaderEncoder } from '#wire/http2/hpack/encoder'
import { type BodyOwner, type OutgoingBodies, OutgoingBody } from '#wire/http2/outgoing-bodies'
import { fieldBlock, replyBlock } from '#wire/http2/reply-block'
import type { Ended } from '#wire/http2/stream-table'
import type { ReplyChannel, ReplyStart } from '#wire/reply-channel'

/** The connection that a stream is of, as its reply needs it. */
export interface ReplyOwner {
  readonly user: ConnectionUser
  readonly writer: FrameWriter
  readonly encoder: HeaderEncoder
  readonly bodies: OutgoingBodies
}

/** Its deadline is for a client that does not read. */
export abstract class ReplyStream extends Timed implements ReplyChannel, Sink, BodyOwner {
  readonly protocol = 'h2'
  readonly version = '2'
  readonly id: number
  bodyTimeoutMs: number
  bytesOut = 0
  /** Whether the client may still send DATA and trailers. */
  isOpen: boolean
  readonly out: OutgoingBody
  protected over = false
  /** Whoever pushes the reply's body. */
  protected body: Body | undefined = undefined
  readonly #owner: ReplyOwner
  #headSent = false
  /** How long the body is to be. */
  #length: number | undefined = undefined
  #trailers: HeaderList | undefined = undefined
  /** All of the reply is known. */
  #ended = false
  #sentInTime = 0

  /** `isOpen`: something follows the head of the request. */
  constructor(owner: ReplyOwner, id: number, window: number, isOpen: boolean) {
    super()
    this.id = id
    this.isOpen = isOpen
    this.#owner = owner
    this.bodyTimeoutMs = owner.user.limits.bodyTimeoutMs
    this.out = new OutgoingBody(id, window, this)
  }

  /** It is over, well or not, and the client has been told. `fault`: what cut the reply short. */
  protected abstract leave(ended: Ended, complete: boolean, fault?: Fault): void
  /** It ends before its time. */
  protected abstract breakOff(code: number, fault: Fault): void

  // ---- ReplyChannel

  get finished(): boolean {
    return this.#ended || this.over
  }

  distrust(): void {} // the other streams are requests of their own

  informational(status: number, fields: readonly string[]): void {
    if (this.finished || this.#headSent) return
    this.#owner.writer.headers(this.id, fieldBlock(this.#owner.encoder, fields, status), false)
  }

  sendHead(start: ReplyStart, told: string | undefined): void {
    this.#sendHead(start, told, true)
    this.#sent()
  }

  send(start: ReplyStart, body: Buffer | undefined): void {
    const length = body?.length ?? 0
    this.#sendHead(start, length, length === 0)
    this.bytesOut = length
    this.#ended = true
    if (length === 0 || this.#owner.bodies.send(this.out, body!, true)) this.#sent()
    else this.#awaitReader()
  }

  stream(start: ReplyStart, body: Body): void {
    this.#sendHead(start, body.length, false)
    this.#length = body.length
    this.body = body
    body.start(this)
  }

  #sendHead(start: ReplyStart, length: number | string | undefined, isAll: boolean): void {
    this.#headSent = true
    const { writer, encoder } = this.#owner
    writer.headers(this.id, replyBlock(encoder, start, length), isAll)
  }

  // ---- Sink: the reply's body

  chunk(bytes: Buffer): void {
    if (this.finished) return
    this.bytesOut += bytes.length
    const length = this.#length
    if (length !== undefined && this.bytesOut > length) {
      this.#wrongLength()
      return
    }
    const isLast = this.bytesOut === length
    if (isLast) this.#endBody()
    if (this.#owner.bodies.send(this.out, bytes, isLast)) {
      if (isLast) this.#sent()
    } else {
      this.#awaitReader()
      this.body?.pause()
    }
  }

  end(trailers?: HeaderList): void {
    if (this.finished) return
    if (this.#length !== undefined && this.#length !== this.bytesOut) {
      this.#wrongLength()
      return
    }
    this.#endBody()
    this.#trailers = trailers
    if (!this.out.isHeld) this.#writeEnd()
  }

  #endBody(): void {
    this.#ended = true
    this.body = undefined
  }

  #wrongLength(): void {
    const { body } = this
    this.fail(new Fault('REPLY_CUT', 'the body is not as long as was said'))
    body?.abort(new Fault('REPLY_CUT'))
  }

  /** The stream is reset, so that what was sent can never look whole. */
  fail(fault: Fault): void {
    if (this.over) return
    this.#owner.writer.reset(this.id, ErrorCode.internal)
    this.leave('byUs', false, fault)
  }

  #writeEnd(): void {
    const { writer, encoder } = this.#owner
    const fields = this.#trailers?.flat
    if (fields === undefined || fields.length === 0) writer.endData(this.id)
    else writer.headers(this.id, fieldBlock(encoder, fields), true)
    this.#sent()
  }

  /** All of the reply is on its way. What is left of the request is of no use to anyone (RFC 9113 §8.1). */
  #sent(): void {
    this.#ended = true
    if (this.isOpen) this.#owner.writer.reset(this.id, ErrorCode.none)
    this.leave(this.isOpen ? 'byUs' : 'byPeer', true)
  }

  // ---- BodyOwner: a client that does not read as fast as it is sent to

  #awaitReader(): void {
    this.#sentInTime = 0
    const { wheel, limits } = this.#owner.user
    wheel.setIn(this, limits.idleTimeoutMs)
  }

  /** Byte by byte is not reading: in its time a client must take a whole frame, or all there is. */
  onSomeSent(bytes: number): void {
    this.#sentInTime += bytes
    if (this.#sentInTime >= MAX_PAYLOAD_BYTES) this.#awaitReader()
  }

  onSent(): void {
    this.#owner.user.wheel.setAt(this, Infinity)
    if (!this.#ended) this.body?.resume()
    else if (this.out.isLast) this.#sent()
    else this.#writeEnd()
  }

  override onDeadline(): void {
    this.breakOff(ErrorCode.cancel, new Fault('CLIENT_GONE', 'the client stopped reading'))
  }
}
