/** One client's connection: requests in, in order; replies out, in order; nothing shared between two of them. */

import type { Socket } from 'node:net'
import { Timed } from '#base/timer-wheel'
import { Fault, type FaultCode } from '#sdk/fault'
import type { Link } from '#sdk/link'
import type { Connection, ConnectionUser, Served } from '#wire/connection'
import { type BodyFraming, requestFraming } from '#wire/framing'
import type { RequestHead } from '#wire/head'
import { Inbox } from '#wire/http1/inbox'
import { ReplyWriter } from '#wire/http1/reply-writer'
import { RequestBodyReader } from '#wire/http1/request-body-reader'
import { RequestHeadReader } from '#wire/http1/request-head-reader'
import type { ReplyStart } from '#wire/reply-channel'
import { SocketLink } from '#wire/tunnel/socket-link'

/** `exchange`: a request is served; what is still to come of it is its body. */
const Reading = { head: 0, exchange: 1, discarding: 2, over: 3 } as const

/** How long a closing connection goes on reading, so that a client that still sends can read the reply (RFC 9112 §9.6). */
const LINGER_MS = 5_000

export class ServerConnection extends Timed implements Connection {
  readonly socket: Socket
  readonly writer: ReplyWriter
  /** Of the request being read, if its route says otherwise than the listener. */
  bodyTimeoutMs: number
  requests = 0
  readonly #user: ConnectionUser
  readonly #inbox: Inbox
  readonly #heads: RequestHeadReader
  readonly #bodies: RequestBodyReader
  #reading: number = Reading.head
  #served: Served | undefined = undefined
  #keepAlive = true
  /** The next reply says `Connection: close`. */
  #closing = false

  constructor(socket: Socket, user: ConnectionUser) {
    super()
    this.socket = socket
    this.#user = user
    this.bodyTimeoutMs = user.limits.bodyTimeoutMs
    this.writer = new ReplyWriter(this, socket)
    this.#inbox = new Inbox(this, socket)
    this.#heads = new RequestHeadReader(this, user)
    this.#bodies = new RequestBodyReader(this, user, this.#inbox)
    socket.on('data', (bytes: Buffer) => this.#inbox.push(bytes))
    socket.on('end', () => this.#onEnd())
    socket.on('drain', () => this.writer.drained())
    socket.on('finish', () => this.#awaitPeer())
    socket.on('error', ignore).on('close', () => this.#onClose())
    user.wheel.setIn(this, user.limits.idleTimeoutMs)
  }

  get underWay(): number {
    return Number(this.#served !== undefined)
  }

  get unsentBytes(): number {
    return this.socket.writableLength
  }

  /** For ReplyWriter: its request is granted. After this it is HTTP no more, and whoever has the link is asked for nothing here. */
  switchProtocols(start: ReplyStart): Link {
    this.#served = undefined
    this.writer.sendSwitch(start)
    this.#reading = Reading.over
    this.#user.wheel.remove(this)
    const link = new SocketLink(this.socket, this.#inbox.release())
    this.socket.on('data', (bytes: Buffer) => link.push(bytes))
    return link
  }

  /** For ReplyWriter: whether the connection may carry another request after the reply about to be sent. */
  willKeepAlive(): boolean {
    if (!this.#keepAlive || this.#closing) return false
    return !this.#bodies.busy || this.#bodies.started || this.#bodies.mayDrain
  }

  /** Idle ones stay until `endIfIdle`: a request may be on its way on them. For ReplyWriter, too. */
  drain(): void {
    this.#closing = true
  }

  endIfIdle(): void {
    this.#closing = true
    if (this.#reading === Reading.over || this.#served !== undefined) return
    if (this.#inbox.isEmpty) this.#endSocket()
  }

  cut(fault: Fault): void {
    this.#gone(fault)
    this.socket.destroy()
  }

  // ---- reading

  /** For Inbox. */
  get owesReply(): boolean {
    return this.#reading === Reading.exchange
  }

  take(bytes: Buffer, at: number): number {
    if (this.#reading === Reading.head) return this.#takeHead(bytes, at)
    return this.#bodies.started ? this.#bodies.take(bytes, at) : -1
  }

  /** Returns the offset after the head, or -1 when it is not all there or was refused. */
  #takeHead(bytes: Buffer, at: number): number {
    const end = this.#heads.find(bytes, at)
    if (typeof end === 'string') return this.#refuse(end, undefined)
    if (end < 0) return -1
    const head = this.#heads.parse(bytes, at, end)
    if (head === undefined) return end
    if (typeof head === 'string') return this.#refuse(head, undefined)
    const framing = requestFraming(head)
    if (typeof framing === 'string') return this.#refuse(framing, head)
    this.#begin(head, framing)
    return end
  }

  #begin(head: RequestHead, framing: BodyFraming): void {
    this.requests++
    this.#keepAlive =
      head.minor === 1 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose
    this.writer.begin(head.method, head.minor)
    this.#reading = Reading.exchange
    this.bodyTimeoutMs = this.#user.limits.bodyTimeoutMs
    this.#user.wheel.setAt(this, Infinity) // until someone wants the body
    const body = this.#bodies.begin(head, framing)
    this.#served = this.#user.request(this.writer, head, body)
    this.#served.begin()
  }

  #refuse(fault: FaultCode, head: RequestHead | undefined): number {
    this.requests++
    this.discardRest()
    this.writer.begin(head?.method ?? 'GET', 1)
    this.#served = this.#user.refusal(this.writer, fault, head)
    this.#served.begin()
    return -1
  }

  /** For RequestBodyReader: it is read to its end. */
  bodyRead(): void {
    if (this.writer.finished) this.#next()
  }

  /** What is still to come is not read. For RequestBodyReader, too. */
  discardRest(): void {
    this.#reading = Reading.discarding
    this.#keepAlive = false
    this.#inbox.close()
  }

  // ---- the end of an exchange, and of the connection

  /** For ReplyWriter: the reply is out, or cut short. */
  replyDone(complete: boolean, keepAlive: boolean, fault?: Fault): void {
    const served = this.#served
    this.#served = undefined
    served?.finished(complete, fault)
    if (!complete) this.#close()
    else if (!keepAlive || this.#reading >= Reading.discarding) this.#linger()
    else if (!this.#bodies.busy) this.#next()
    else if (this.#bodies.started) this.#linger() // still sending to someone who has answered
    else this.#bodies.drain()
  }

  #next(): void {
    this.#reading = Reading.head
    const { wheel, limits } = this.#user
    wheel.setIn(this, limits.idleTimeoutMs)
    if (!this.#inbox.isEmpty) this.#inbox.offerNext()
    else if (this.#closing) this.#endSocket()
  }

  /** Sends FIN, then reads away what still comes, so that no reset overtakes the reply. */
  #linger(): void {
    this.discardRest()
    this.#bodies.drop()
    this.#endSocket()
    this.socket.resume()
  }

  #endSocket(): void {
    this.#reading = Math.max(this.#reading, Reading.discarding)
    this.#inbox.close()
    // A client that reads slowly has the time it always has; what lingers is a connection whose reply is out.
    this.#user.wheel.setIn(this, this.#user.limits.idleTimeoutMs)
    this.socket.end()
  }

  #awaitPeer(): void {
    if (this.#reading === Reading.discarding) this.#user.wheel.setIn(this, LINGER_MS)
  }

  #close(): void {
    this.#reading = Reading.over
    this.#bodies.drop()
    this.#inbox.close()
    this.#user.wheel.remove(this)
  }

  #gone(fault: Fault): void {
    const served = this.#served
    this.#served = undefined
    this.writer.stop() // first: what fails with the body is not to be answered
    this.#close()
    if (served === undefined) return
    served.clientGone(fault)
    served.finished(false)
  }

  #onEnd(): void {
    if (this.#reading === Reading.over) return
    if (this.#bodies.busy && this.#inbox.isEmpty) {
      this.cut(new Fault('CLIENT_GONE', 'the client closed before its body was complete'))
    } else if (this.#served === undefined) this.socket.end()
    else if (this.#served.endMeansGone()) this.cut(new Fault('CLIENT_GONE'))
    else this.#keepAlive = false
  }

  #onClose(): void {
    this.#gone(new Fault('CLIENT_GONE'))
    this.#user.onClosed()
  }

  override onDeadline(): void {
    if (this.#reading === Reading.head && this.#heads.hasBegun && this.#served === undefined) {
      this.#refuse('REQUEST_TIMEOUT', undefined)
    } else if (this.#bodies.busy && this.#served !== undefined) {
      this.#bodies.fail(new Fault('BODY_TIMEOUT'))
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
    if (this.#bodies.busy) this.#bodies.await()
    else this.#user.wheel.setAt(this, Infinity)
  }
}

function ignore(): void {}
