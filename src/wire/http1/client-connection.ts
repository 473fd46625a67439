/** A connection to a service's target: one request at a time out, its reply in, each with its time. */

import type { Socket } from 'node:net'
import { Timed } from '#base/timer-wheel'
import type { Body } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type {
  Address,
  ConnectionOwner,
  OutboundRequest,
  ReplyTaker,
} from '#wire/http1/connection-owner'
import type { ReplyHead } from '#wire/head'
import { lostReply } from '#wire/http1/lost-reply'
import { openSocket } from '#wire/http1/open-socket'
import { Reading, type ReplyOwner, ReplyReader } from '#wire/http1/reply-reader'
import { timedBy } from '#wire/http1/reply-time'
import { type RequestOwner, RequestWriter } from '#wire/http1/request-writer'
import { grantsWebSocket } from '#wire/http1/upgrade'
import { SocketLink } from '#wire/tunnel/socket-link'

const CONTINUE_WAIT_MS = 300

export class ClientConnection extends Timed implements ReplyOwner, RequestOwner {
  /** Requests sent so far. */
  requests = 0
  /** When it became idle, for the pool. */
  idleSince = 0
  /** Where it stands in the pool's list of idle ones; for the pool. */
  poolIndex = -1
  connected = false
  /** Whether it is to be secure, and is on its way to it. */
  isHandshaking = false
  /** Whether it was the target that ended it while it was idle. */
  closedByPeer = false
  /** There once it has switched protocols. */
  link: SocketLink | undefined = undefined
  /** Why its socket failed. */
  error: Error | undefined = undefined
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #writer: RequestWriter
  readonly #reader: ReplyReader
  #request: OutboundRequest | undefined = undefined
  #taker: ReplyTaker | undefined = undefined
  #awaitingContinue = false

  constructor(address: Address, owner: ConnectionOwner) {
    super()
    this.#owner = owner
    this.#socket = openSocket(address, owner, (count, buffer) => this.#onRead(count, buffer))
    this.#writer = new RequestWriter(this, this.#socket)
    this.#reader = new ReplyReader(this, this.#socket, owner.maxHeadBytes, owner.maxFields)
    const isSecure = 'tls' in address && address.tls !== undefined
    this.#socket.on(isSecure ? 'secureConnect' : 'connect', () => this.#onConnect())
    if (isSecure) this.#socket.on('connect', () => (this.isHandshaking = true))
    this.#socket.on('drain', () => this.#writer.drained())
    this.#socket.on('error', (error) => (this.error = error))
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('close', () => this.#onClose())
  }

  get isIdle(): boolean {
    return this.#reader.reading === Reading.none
  }

  send(request: OutboundRequest, taker: ReplyTaker): void {
    this.#request = request
    this.#taker = taker
    this.#reader.expect(request.method)
    this.requests++
    this.#awaitingContinue = request.expectContinue && request.body !== undefined
    this.#writer.begin(request)
    if (!this.connected) {
      this.#deadlineIn(request.limits.connect)
      return
    }
    this.#begin()
  }

  #onConnect(): void {
    this.connected = true
    if (this.#reader.reading === Reading.head) this.#begin()
  }

  #begin(): void {
    const { body, limits } = this.#request!
    if (this.#awaitingContinue) {
      this.#writer.flushHead()
      this.#deadlineIn(CONTINUE_WAIT_MS)
    } else if (body === undefined) {
      this.#writer.end()
      this.#deadlineIn(limits.response)
    } else {
      this.#deadlineIn(0)
      this.#writer.pump(body)
    }
  }

  #continue(): void {
    if (!this.#awaitingContinue) return
    this.#awaitingContinue = false
    this.#deadlineIn(0)
    this.#writer.pump(this.#request!.body!)
  }

  // ---- for RequestWriter

  /** The request is out to its last byte. */
  requestSent(): void {
    if (this.#reader.reading === Reading.head) this.#deadlineIn(this.#request!.limits.response)
  }

  writeStalled(): void {
    if (this.#reader.reading === Reading.head) this.#deadlineIn(this.#request!.limits.idle)
  }

  writeResumed(): void {
    if (this.#reader.reading === Reading.head) this.#deadlineIn(0)
  }

  // ---- reading, and for ReplyReader

  #onRead(count: number, buffer: Buffer): boolean {
    const { reading } = this.#reader
    if (reading === Reading.head || reading === Reading.body)
      return this.#reader.push(count, buffer)
    if (this.link !== undefined) return this.link.push(Buffer.from(buffer.subarray(0, count)))
    this.destroy() // nobody asked: whatever this answers, it is not the next request
    return false
  }

  interim(head: ReplyHead): void {
    if (head.status === 100) this.#continue()
    else this.#taker!.onInformational(head)
  }

  replyBegun(head: ReplyHead, body: Body | undefined): void {
    const taker = this.#taker!
    this.#taker = undefined
    this.#request = timedBy(this.#request!, head)
    if (body === undefined) this.replyRead()
    taker.onReplyHead(head, body)
  }

  switched(head: ReplyHead, rest: Buffer): boolean {
    if (!this.#writer.finished || !grantsWebSocket(head, this.#request?.accept)) return false
    const taker = this.#taker!
    this.#taker = undefined
    this.#request = undefined
    this.#owner.wheel.remove(this)
    this.link = new SocketLink(this.#socket, rest)
    this.#owner.onSwitched()
    taker.onReplyHead(head, this.link)
    return true
  }

  /** The reply is whole. The connection is free, unless either side has more to say or wants it closed. */
  replyRead(): void {
    const reusable = this.#reader.keepAlive && this.#writer.finished
    this.#writer.stop()
    this.#request = undefined
    if (!reusable) {
      this.destroy()
      return
    }
    this.#owner.wheel.setAt(this, Infinity)
    this.#owner.onIdle(this, this.#reader.hint)
  }

  awaitPiece(): void {
    this.#deadlineIn(this.#request!.limits.idle)
  }

  awaitNothing(): void {
    this.#deadlineIn(0)
  }

  // ---- the end

  /** Nobody wants the reply, or the request, any more. */
  abort(_fault: Fault): void {
    this.#taker = undefined
    this.destroy()
  }

  destroy(): void {
    this.#reader.close()
    this.#writer.stop()
    this.#owner.wheel.remove(this)
    this.#socket.destroy()
  }

  /** It cannot go on. `untouched`: see ReplyTaker. */
  fail(fault: Fault, untouched = false): void {
    const taker = this.#taker
    const sink = this.#reader.close()
    this.#taker = undefined
    this.destroy()
    taker?.onNoReply(fault, untouched)
    sink?.fail(fault)
  }

  #onEnd(): void {
    if (this.#reader.endsWithConnection) {
      const sink = this.#reader.close()!
      this.destroy()
      sink.end()
    } else if (this.#reader.reading < Reading.over) this.#broke()
  }

  #onClose(): void {
    if (this.#reader.reading < Reading.over) this.#broke()
    this.#owner.onClosed(this)
  }

  #broke(): void {
    const { reading, received } = this.#reader
    if (reading === Reading.none) {
      this.closedByPeer = true
      this.destroy()
      return
    }
    const fault = lostReply(this, reading === Reading.body)
    const isKept = fault.code === 'SERVICE_RESET' && this.requests > 1 && !received
    this.fail(fault, isKept && this.#request?.body === undefined)
  }

  #deadlineIn(ms: number): void {
    const { wheel } = this.#owner
    const total = this.#request?.totalDeadline ?? Infinity
    wheel.setAt(this, ms === 0 ? total : Math.min(total, wheel.now() + ms))
  }

  override onDeadline(): void {
    const request = this.#request
    if (request === undefined) this.destroy() // idle for long enough
    else if (this.#owner.wheel.now() >= request.totalDeadline) this.fail(new Fault('TOTAL_TIMEOUT'))
    else if (!this.connected) this.fail(new Fault('CONNECT_TIMEOUT'))
    else if (this.#awaitingContinue) this.#continue()
    else if (this.#reader.reading === Reading.body || this.#writer.stalled)
      this.fail(new Fault('IDLE_TIMEOUT'))
    else this.fail(new Fault('RESPONSE_TIMEOUT'))
  }
}
