/** One client's connection: requests in, in order; replies out, in order; nothing shared between two of them. */

import type { Socket } from 'node:net'
import { Timed, type TimerWheel } from '#base/timer-wheel'
import { Fault, type FaultCode } from '#sdk/fault'
import { BodyDecoder } from '#wire/http1/body-decoder'
import { type BodyFraming, Framing, requestFraming } from '#wire/http1/framing'
import { parseRequestHead, type RequestHead } from '#wire/http1/head'
import { ReplyWriter } from '#wire/http1/reply-writer'
import { HEAD_END } from '#wire/http1/scan'
import { RequestBody } from '#wire/http1/request-body'

export interface ConnectionLimits {
  readonly headerBytes: number
  readonly targetBytes: number
  readonly fields: number
  /** From the first byte of a head to its last. */
  readonly headerTimeoutMs: number
  /** Between two requests, and while a client does not read what it was sent. */
  readonly idleTimeoutMs: number
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number
}

/** What becomes of a request: made by the connection's user, told to begin, and told how it ends. */
export interface Served {
  begin(): void
  /** The client left, or took too long: whatever still works for it should stop. */
  clientGone(fault: Fault): void
  /** The client closed its side. True when that means that it is gone (see architecture: half-closed connections). */
  endMeansGone(): boolean
  /** The reply is out, or never will be. `fault`: what cut it short. */
  finished(complete: boolean, fault?: Fault): void
}

export interface ConnectionUser {
  readonly limits: ConnectionLimits
  readonly wheel: TimerWheel
  /** Whether forwarding fields from this peer are believed. */
  readonly trusted: boolean
  /** A request, valid on the wire. Its reply goes out through `connection.writer`. */
  request(connection: ServerConnection, head: RequestHead, body: RequestBody | undefined): Served
  /** What came is no request that can be served: to be answered with the fault; the connection closes after it. */
  refusal(connection: ServerConnection, fault: FaultCode, head: RequestHead | undefined): Served
  onClosed(connection: ServerConnection): void
}

const Reading = { head: 0, body: 1, reply: 2, discarding: 3, over: 4 } as const

/** Bytes of pipelined requests held while a reply is owed; beyond it the connection is not read. */
const MAX_PIPELINED_BYTES = 65_536
/** A request body nobody asked for is read away up to this size, to keep the connection; else it is closed. */
const MAX_DRAINED_BYTES = 65_536
/** How long a closing connection goes on reading, so that a client that still sends can read the reply (RFC 9112 §9.6). */
const LINGER_MS = 5_000
/** In every `bodyTimeout` at least this much of a body must come: drops one by one hold a connection for ever. */
const MIN_BODY_BYTES = 256

export class ServerConnection extends Timed {
  readonly socket: Socket
  readonly writer: ReplyWriter
  /** Of the request being read, if its route says otherwise than the listener. */
  bodyTimeoutMs: number
  /** Set when the gateway drains: the next reply says `Connection: close`. */
  closing = false
  /** Begun on it so far. */
  requests = 0
  readonly #user: ConnectionUser
  #reading: number = Reading.head
  #held: Buffer | undefined = undefined
  #scanned = 0
  #consuming = false
  #body: RequestBody | undefined = undefined
  #decoder: BodyDecoder | undefined = undefined
  #served: Served | undefined = undefined
  #bodyBytesInWindow = 0
  #continueOwed = false
  #keepAlive = true

  constructor(socket: Socket, user: ConnectionUser) {
    super()
    this.socket = socket
    this.#user = user
    this.bodyTimeoutMs = user.limits.bodyTimeoutMs
    this.writer = new ReplyWriter(this, socket)
    socket.on('data', (bytes: Buffer) => this.#onData(bytes))
    socket.on('end', () => this.#onEnd())
    socket.on('drain', () => this.writer.drained())
    socket.on('finish', () => this.#awaitPeer())
    socket.on('error', ignore)
    socket.on('close', () => this.#onClose())
    user.wheel.setIn(this, user.limits.idleTimeoutMs)
  }

  /** Whether a request is being served. */
  get busy(): boolean {
    return this.#served !== undefined
  }

  get isOpen(): boolean {
    return this.#reading !== Reading.over
  }

  /** Whether the connection may carry another request after the reply about to be sent. */
  willKeepAlive(): boolean {
    if (!this.#keepAlive || this.closing) return false
    return this.#reading !== Reading.body || this.#body!.started || this.#mayDrain()
  }

  /** Ends it now if nothing is being served on it; else with the reply. */
  endIfIdle(): void {
    this.closing = true
    if (this.#served === undefined && this.#held === undefined) this.#endSocket()
  }

  /** Cuts the connection. What was being served is told. */
  cut(fault: Fault): void {
    this.#gone(fault)
    this.socket.destroy()
  }

  // ---- reading

  #onData(bytes: Buffer): void {
    if (this.#reading >= Reading.discarding) return
    const held = this.#held
    if (held !== undefined) {
      bytes = Buffer.concat([held, bytes])
      this.#held = undefined
    }
    this.#consume(bytes)
  }

  #consume(bytes: Buffer): void {
    this.#consuming = true
    let at = 0
    while (at < bytes.length) {
      let took = -1
      if (this.#reading === Reading.head) took = this.#takeHead(bytes, at)
      else if (this.#reading === Reading.body && this.#body!.started)
        took = this.#takeBody(bytes, at)
      if (took < 0) break
      at = took
    }
    this.#consuming = false
    if (at < bytes.length && this.#reading < Reading.discarding) this.#hold(bytes, at)
  }

  #hold(bytes: Buffer, at: number): void {
    this.#held = at === 0 ? bytes : bytes.subarray(at)
    const owed = this.#reading !== Reading.head
    if (owed && this.#held.length > MAX_PIPELINED_BYTES) this.socket.pause()
  }

  /** Returns the offset after the head, or -1 when it is not all there or was refused. */
  #takeHead(bytes: Buffer, at: number): number {
    const { limits, wheel } = this.#user
    // An empty line before a request is a courtesy to old clients (RFC 9112 §2.2).
    if (this.#scanned === 0 && bytes[at] === 0x0d) {
      if (at + 1 === bytes.length) return -1
      if (bytes[at + 1] === 0x0a) return at + 2
    }
    const end = bytes.indexOf(HEAD_END, at + Math.max(0, this.#scanned - 3))
    if (end < 0) {
      const fault = this.#partialHeadFault(bytes, at)
      if (fault !== undefined) return this.#refuse(fault, undefined)
      if (this.#scanned === 0) wheel.setIn(this, limits.headerTimeoutMs)
      this.#scanned = bytes.length - at
      return -1
    }
    this.#scanned = 0
    if (end - at > limits.headerBytes) return this.#refuse(this.#tooLarge(bytes, at), undefined)
    const head = parseRequestHead(
      bytes.toString('latin1', at, end + 2),
      limits.targetBytes,
      limits.fields,
      this.#user.trusted,
    )
    if (typeof head === 'string') return this.#refuse(head, undefined)
    const framing = requestFraming(head)
    if (typeof framing === 'string') return this.#refuse(framing, head)
    this.#begin(head, framing)
    return end + 4
  }

  #partialHeadFault(bytes: Buffer, at: number): FaultCode | undefined {
    if (bytes.length - at > this.#user.limits.headerBytes) return this.#tooLarge(bytes, at)
    // A line that ends in a bare LF would leave us waiting for an end that the client thinks it sent.
    for (
      let lf = bytes.indexOf(0x0a, at + this.#scanned);
      lf >= 0;
      lf = bytes.indexOf(0x0a, lf + 1)
    ) {
      if (lf === at || bytes[lf - 1] !== 0x0d) return 'BAD_REQUEST'
    }
    return undefined
  }

  #tooLarge(bytes: Buffer, at: number): FaultCode {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1')
    const lineBytes = (lineEnd < 0 ? bytes.length : lineEnd) - at
    return lineBytes > this.#user.limits.targetBytes ? 'TARGET_TOO_LONG' : 'HEADERS_TOO_LARGE'
  }

  #begin(head: RequestHead, framing: BodyFraming): void {
    this.requests++
    this.#keepAlive =
      head.minor === 1 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose
    this.writer.begin(head.method, head.minor)
    let body: RequestBody | undefined
    if (framing === Framing.none || framing === 0) {
      this.#reading = Reading.reply
      this.#user.wheel.setAt(this, Infinity)
      if (framing === 0) body = RequestBody.empty()
    } else {
      body = new RequestBody(this, framing === Framing.chunked ? undefined : framing)
      this.#body = body
      this.#decoder ??= new BodyDecoder(this.#user.limits.headerBytes)
      this.#decoder.begin(framing)
      this.#reading = Reading.body
      this.#continueOwed = head.minor === 1 && head.expect !== undefined
      this.bodyTimeoutMs = this.#user.limits.bodyTimeoutMs
      this.#user.wheel.setAt(this, Infinity) // until someone wants the body
    }
    this.#served = this.#user.request(this, head, body)
    this.#served.begin()
  }

  #refuse(fault: FaultCode, head: RequestHead | undefined): number {
    this.requests++
    this.#reading = Reading.discarding
    this.#keepAlive = false
    this.writer.begin(head?.method ?? 'GET', 1)
    this.#served = this.#user.refusal(this, fault, head)
    this.#served.begin()
    return -1
  }

  // ---- the request's body

  #takeBody(bytes: Buffer, at: number): number {
    const body = this.#body!
    if (body.paused) return -1
    const took = this.#decoder!.feed(bytes, at, bytes.length, body)
    if (typeof took === 'string') {
      this.#failBody(new Fault(took))
      return -1
    }
    if (this.#reading !== Reading.body) return took // the reply came, or the client was cut, in between
    if (this.#decoder!.done) this.#bodyDone()
    else if (!body.paused) {
      this.#bodyBytesInWindow += took - at
      if (this.#bodyBytesInWindow >= MIN_BODY_BYTES) this.#awaitBody()
    }
    return took
  }

  #bodyDone(): void {
    // Whoever took the last piece was full: it has no need to ask for more, and we must hear the client again.
    if (this.#body!.paused) this.socket.resume()
    this.#body = undefined
    this.#user.wheel.setAt(this, Infinity)
    this.#reading = Reading.reply
    if (this.writer.finished) this.#next()
  }

  #failBody(fault: Fault): void {
    this.#reading = Reading.discarding
    this.#keepAlive = false
    this.#body!.fail(fault)
  }

  #awaitBody(): void {
    this.#bodyBytesInWindow = 0
    this.#user.wheel.setIn(this, this.bodyTimeoutMs)
  }

  /** For RequestBody: someone wants the body now. */
  bodyStarted(): void {
    if (this.#continueOwed && this.#held === undefined) this.writer.informational(100, '')
    this.#continueOwed = false
    this.#awaitBody()
    this.#consumeHeld()
  }

  /** For RequestBody: who takes the body is full. A client that waits for us has no deadline. */
  bodyPaused(): void {
    this.#user.wheel.setAt(this, Infinity)
    this.socket.pause()
  }

  bodyResumed(): void {
    if (this.#reading !== Reading.body) return
    this.#awaitBody()
    this.#consumeHeld()
    if (!this.#body?.paused) this.socket.resume()
  }

  /** For RequestBody: nobody wants the rest. */
  bodyAborted(): void {
    if (this.#reading !== Reading.body) return
    this.#keepAlive = false
    this.#reading = Reading.discarding
    this.#held = undefined
    this.#user.wheel.setAt(this, Infinity)
    this.socket.resume()
  }

  #consumeHeld(): void {
    if (this.#consuming || this.#held === undefined) return
    const held = this.#held
    this.#held = undefined
    this.#consume(held)
  }

  #mayDrain(): boolean {
    const length = this.#body?.length
    return length !== undefined && length <= MAX_DRAINED_BYTES && !this.#continueOwed
  }

  // ---- the end of an exchange, and of the connection

  /** For ReplyWriter: the reply is out, or cut short. */
  replyDone(complete: boolean, keepAlive: boolean, fault?: Fault): void {
    const served = this.#served
    this.#served = undefined
    served?.finished(complete, fault)
    if (!complete) {
      this.#close()
      return
    }
    if (!keepAlive || this.#reading >= Reading.discarding) this.#linger()
    else if (this.#reading === Reading.reply) this.#next()
    else if (this.#body!.started) this.#linger() // still sending to someone who has answered
    else this.#body!.start(drain)
  }

  #next(): void {
    this.#reading = Reading.head
    const { wheel, limits } = this.#user
    wheel.setIn(this, limits.idleTimeoutMs)
    if (this.#held === undefined) {
      if (this.closing) this.#endSocket()
      return
    }
    if (this.#consuming) return
    // Not from within the call that ended the reply: the connection to the service is to be free again first.
    process.nextTick(readOn, this)
  }

  /** What was pipelined behind a reply that is out now. */
  readOn(): void {
    if (this.#reading !== Reading.head) return
    this.#consumeHeld()
    if (this.#held === undefined || this.#held.length <= MAX_PIPELINED_BYTES) this.socket.resume()
  }

  /** Sends FIN, then reads away what still comes, so that no reset overtakes the reply. */
  #linger(): void {
    this.#reading = Reading.discarding
    this.#held = undefined
    this.#body?.fail(new Fault('CLIENT_GONE'))
    this.#body = undefined
    this.#endSocket()
    this.socket.resume()
  }

  #endSocket(): void {
    this.#reading = Math.max(this.#reading, Reading.discarding)
    // A client that reads slowly has the time it always has; what lingers is a connection whose reply is out.
    this.#user.wheel.setIn(this, this.#user.limits.idleTimeoutMs)
    this.socket.end()
  }

  #awaitPeer(): void {
    if (this.#reading === Reading.discarding) this.#user.wheel.setIn(this, LINGER_MS)
  }

  #close(): void {
    this.#reading = Reading.over
    this.#body?.fail(new Fault('CLIENT_GONE'))
    this.#body = undefined
    this.#held = undefined
    this.#user.wheel.remove(this)
  }

  #gone(fault: Fault): void {
    const body = this.#body
    const served = this.#served
    this.#served = undefined
    this.writer.stop() // first: what fails with the body is not to be answered
    this.#close()
    if (served === undefined) return
    served.clientGone(fault)
    body?.fail(fault)
    served.finished(false)
  }

  #onEnd(): void {
    if (this.#reading === Reading.body && !this.#decoder!.done && this.#held === undefined) {
      this.cut(new Fault('CLIENT_GONE', 'the client closed before its body was complete'))
    } else if (this.#served === undefined) this.socket.end()
    else if (this.#served.endMeansGone()) this.cut(new Fault('CLIENT_GONE'))
    else this.#keepAlive = false
  }

  #onClose(): void {
    this.#gone(new Fault('CLIENT_GONE'))
    this.#user.onClosed(this)
  }

  override onDeadline(): void {
    if (this.#reading === Reading.head && this.#held !== undefined && this.#served === undefined) {
      this.#held = undefined
      this.#refuse('REQUEST_TIMEOUT', undefined)
    } else if (this.#reading === Reading.body && this.#served !== undefined) {
      this.#failBody(new Fault('BODY_TIMEOUT'))
    } else if (this.writer.stalled) {
      this.cut(new Fault('CLIENT_GONE', 'the client stopped reading'))
    } else this.socket.destroy()
  }

  /** For ReplyWriter: the client does not read as fast as it is sent to. */
  writeStalled(): void {
    this.#user.wheel.setIn(this, this.#user.limits.idleTimeoutMs)
  }

  writeResumed(): void {
    if (this.writer.finished) return // what counts now is the time until the next request, or the end
    if (this.#reading === Reading.body) this.#awaitBody()
    else this.#user.wheel.setAt(this, Infinity)
  }
}

const drain = { chunk() {}, end() {}, fail() {} }

function ignore(): void {}

function readOn(connection: ServerConnection): void {
  connection.readOn()
}
