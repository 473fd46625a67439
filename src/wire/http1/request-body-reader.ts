/** Reads the bodies of a connection's requests, one after the other, for whoever wants them and as fast as they are taken. */

import type { Socket } from 'node:net'
import type { Timed } from '#base/timer-wheel'
import type { Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import { BodyDecoder } from '#wire/http1/body-decoder'
import type { ConnectionUser } from '#wire/connection'
import { type BodyFraming, Framing } from '#wire/framing'
import type { RequestHead } from '#wire/head'
import type { Inbox } from '#wire/http1/inbox'
import type { ReplyWriter } from '#wire/http1/reply-writer'
import { type BodySource, MIN_BODY_BYTES, RequestBody } from '#wire/request-body'

/** The connection whose bodies are read; its deadline is the body's while one is awaited. */
export interface BodyOwner extends Timed {
  readonly socket: Socket
  readonly writer: ReplyWriter
  readonly bodyTimeoutMs: number
  /** The body was read to its end. */
  bodyRead(): void
  /** The rest of the body will not be read: neither will anything after it. */
  discardRest(): void
}

/** A request body nobody asked for is read away up to this size, to keep the connection; else it is closed. */
const MAX_DRAINED_BYTES = 65_536
const NO_FIELDS: readonly string[] = []

const drain: Sink = { chunk() {}, end() {}, fail() {} }

export class RequestBodyReader implements BodySource {
  readonly #owner: BodyOwner
  readonly #user: ConnectionUser
  readonly #inbox: Inbox
  #decoder: BodyDecoder | undefined = undefined
  /** Undefined when there is none, or nothing more of it is to be read. */
  #body: RequestBody | undefined = undefined
  #bytesInWindow = 0
  #continueOwed = false

  constructor(owner: BodyOwner, user: ConnectionUser, inbox: Inbox) {
    this.#owner = owner
    this.#user = user
    this.#inbox = inbox
  }

  /** Whether a body is not read to its end yet. */
  get busy(): boolean {
    return this.#body !== undefined
  }

  /** Whether someone takes the body. */
  get started(): boolean {
    return this.#body !== undefined && this.#body.started
  }

  /** Whether a body that nobody asked for is to be read away. */
  get mayDrain(): boolean {
    const length = this.#body?.length
    return length !== undefined && length <= MAX_DRAINED_BYTES && !this.#continueOwed
  }

  /** The body of the request with this head. */
  begin(head: RequestHead, framing: BodyFraming): RequestBody | undefined {
    if (framing === Framing.none) return undefined
    if (framing === 0) return RequestBody.empty()
    this.#body = new RequestBody(this, framing === Framing.chunked ? undefined : framing)
    this.#decoder ??= new BodyDecoder(this.#user.limits.headerBytes)
    this.#decoder.begin(framing)
    this.#continueOwed = head.minor === 1 && head.expect !== undefined
    return this.#body
  }

  /** Returns the offset after what it took, or -1 when it can take nothing now. */
  take(bytes: Buffer, at: number): number {
    const body = this.#body!
    if (body.paused) return -1
    const took = this.#decoder!.feed(bytes, at, bytes.length, body)
    if (this.#body === undefined) return typeof took === 'string' ? -1 : took // given up in between
    if (typeof took === 'string') {
      this.fail(new Fault(took))
      return -1
    }
    if (this.#decoder!.done) this.#done(body)
    else if (!body.paused) {
      this.#bytesInWindow += took - at
      if (this.#bytesInWindow >= MIN_BODY_BYTES) this.await()
    }
    return took
  }

  #done(body: RequestBody): void {
    // Whoever took the last piece was full: it has no need to ask for more, and we must hear the client again.
    if (body.paused) this.#owner.socket.resume()
    this.#body = undefined
    this.#user.wheel.setAt(this.#owner, Infinity)
    this.#owner.bodyRead()
  }

  /** The body is no good: neither is what comes after it. */
  fail(fault: Fault): void {
    const body = this.#body!
    this.#body = undefined
    this.#owner.discardRest()
    body.fail(fault)
  }

  /** The client will send no more that is read. */
  drop(): void {
    const body = this.#body
    this.#body = undefined
    body?.fail(new Fault('CLIENT_GONE'))
  }

  /** Reads it away. */
  drain(): void {
    this.#body!.start(drain)
  }

  /** Gives the client its time for the next piece. */
  await(): void {
    this.#bytesInWindow = 0
    this.#user.wheel.setIn(this.#owner, this.#owner.bodyTimeoutMs)
  }

  // ---- for RequestBody

  /** Someone wants the body now. */
  bodyStarted(): void {
    if (this.#continueOwed && this.#inbox.isEmpty) this.#owner.writer.informational(100, NO_FIELDS)
    this.#continueOwed = false
    this.await()
    this.#inbox.offerHeld()
  }

  /** Who takes the body is full. A client that waits for us has no deadline. */
  bodyPaused(): void {
    this.#user.wheel.setAt(this.#owner, Infinity)
    this.#owner.socket.pause()
  }

  bodyResumed(): void {
    const body = this.#body
    if (body === undefined) return
    this.await()
    this.#inbox.offerHeld()
    if (!body.paused) this.#owner.socket.resume()
  }

  /** Nobody wants the rest. */
  bodyAborted(): void {
    if (this.#body === undefined) return
    this.#body = undefined
    this.#owner.discardRest()
    this.#user.wheel.setAt(this.#owner, Infinity)
    this.#owner.socket.resume()
  }
}
