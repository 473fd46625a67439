/** A connection to a service's target: one request at a time out, its reply in. It is itself the body of that reply. */

import { connect, type Socket } from 'node:net'
import { Timed, type TimerWheel } from '#base/timer-wheel'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type { TimeLimits } from '#sdk/service'
import { BodyDecoder } from '#wire/http1/body-decoder'
import { Framing, replyFraming } from '#wire/http1/framing'
import { parseReplyHead, type ReplyHead } from '#wire/http1/head'
import { RequestWriter } from '#wire/http1/request-writer'
import { HEAD_END } from '#wire/http1/scan'

export type Address =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string }

/** One request, ready for the wire. */
export interface OutboundRequest {
  readonly method: string
  /** The whole head but for the fields that frame the body and the empty line. */
  readonly headText: string
  readonly body: Body | undefined
  /** Hold the body back until the service says 100 (RFC 9110 §10.1.1), or a moment has passed. */
  readonly expectContinue: boolean
  /** Whether trailers of the body go out with it. */
  readonly passesTrailers: boolean
  readonly limits: TimeLimits
  /** When all must be over, in the wheel's milliseconds. */
  readonly totalDeadline: number
}

/** Whoever waits for the reply. Told of one head or one fault, never both. */
export interface ReplyTaker {
  /** 1xx other than 100 and 101. */
  onInformational(head: ReplyHead): void
  /** The reply is here; `body` has not started: start it or abort it. Undefined: the reply has none. */
  onReplyHead(head: ReplyHead, body: Body | undefined): void
  /** There will be no reply. `untouched`: a used connection ended without a word, and no body was sent on it. */
  onNoReply(fault: Fault, untouched: boolean): void
}

/** Whoever owns the connection between requests: the pool. */
export interface ConnectionOwner {
  readonly wheel: TimerWheel
  readonly maxHeadBytes: number
  readonly maxFields: number
  /** Shared by all connections of a thread: what a read brings is used up or copied before the next read. */
  readonly readBuffer: Buffer
  /** Free for another request. `hint`: the reply's Keep-Alive field. */
  onIdle(connection: ClientConnection, hint: string | undefined): void
  onClosed(connection: ClientConnection): void
}

const State = { idle: 0, head: 1, body: 2, closed: 3 } as const

const CONTINUE_WAIT_MS = 300

export class ClientConnection extends Timed implements Body {
  /** Of the reply being read, when known. */
  length: number | undefined = undefined
  /** Requests sent so far. */
  requests = 0
  /** When it became idle, for the pool. */
  idleSince = 0
  /** Where it stands in the pool's list of idle ones; for the pool. */
  poolIndex = -1
  connected = false
  /** Whether it was the target that ended it while it was idle. */
  closedByPeer = false
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #writer: RequestWriter
  readonly #decoder: BodyDecoder
  #state: number = State.idle
  #request: OutboundRequest | undefined = undefined
  #taker: ReplyTaker | undefined = undefined
  #sink: Sink | undefined = undefined
  #held: Buffer | undefined = undefined
  #paused = false
  #reading = false
  #keepAlive = false
  #hint: string | undefined = undefined
  #awaitingContinue = false
  #received = false
  #error: Error | undefined = undefined

  constructor(address: Address, owner: ConnectionOwner) {
    super()
    this.#owner = owner
    const options = {
      noDelay: true,
      allowHalfOpen: true,
      onread: {
        buffer: owner.readBuffer,
        callback: (count: number, buffer: Uint8Array) => this.#onRead(count, buffer as Buffer),
      },
    }
    this.#socket =
      'socketPath' in address
        ? connect({ ...options, path: address.socketPath })
        : connect({ ...options, host: address.host, port: address.port })
    this.#writer = new RequestWriter(this, this.#socket)
    this.#decoder = new BodyDecoder(owner.maxHeadBytes)
    this.#socket.on('connect', () => this.#onConnect())
    this.#socket.on('drain', () => this.#writer.drained())
    this.#socket.on('error', (error) => (this.#error = error))
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('close', () => this.#onClose())
  }

  get isIdle(): boolean {
    return this.#state === State.idle
  }

  send(request: OutboundRequest, taker: ReplyTaker): void {
    this.#request = request
    this.#taker = taker
    this.#state = State.head
    this.#received = false
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
    if (this.#state === State.head) this.#begin()
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
    if (this.#state === State.head) this.#deadlineIn(this.#request!.limits.response)
  }

  /** The request's body broke off: the service must not take what it has for the whole. */
  requestBroke(fault: Fault): void {
    this.#fail(fault)
  }

  writeStalled(): void {
    if (this.#state === State.head) this.#deadlineIn(this.#request!.limits.idle)
  }

  writeResumed(): void {
    if (this.#state === State.head) this.#deadlineIn(0)
  }

  // ---- reading

  #onRead(count: number, buffer: Buffer): boolean {
    if (this.#state === State.idle || this.#state === State.closed) {
      this.destroy() // nobody asked: whatever this answers, it is not the next request
      return false
    }
    this.#received = true
    if (this.#held === undefined) this.#consume(buffer, count)
    else {
      const held = Buffer.concat([this.#held, buffer.subarray(0, count)])
      this.#held = undefined
      this.#consume(held, held.length)
    }
    return !this.#paused
  }

  #consume(bytes: Buffer, end: number): void {
    this.#reading = true
    let at = 0
    while (at < end && this.#state !== State.closed) {
      let took = -1
      if (this.#state === State.head) took = this.#takeHead(bytes, at, end)
      else if (this.#state === State.body && this.#sink !== undefined)
        took = this.#takeBody(bytes, at, end)
      else if (this.#state === State.idle) {
        this.destroy() // more than the reply: see #onRead
        return
      }
      if (took < 0) break
      at = took
    }
    this.#reading = false
    if (this.#state === State.closed || this.#state === State.idle) return
    if (at < end) this.#hold(bytes, at, end)
    if (this.#state === State.body && !this.#paused) this.#deadlineIn(this.#request!.limits.idle)
  }

  /** Keeps what came before anyone wanted it: part of a head, or a body not yet started. */
  #hold(bytes: Buffer, at: number, end: number): void {
    this.#held = Buffer.from(bytes.subarray(at, end))
    if (this.#state !== State.body) return
    this.#paused = true
    this.#socket.pause()
  }

  #takeHead(bytes: Buffer, at: number, end: number): number {
    const found = bytes.indexOf(HEAD_END, at)
    if (found < 0 || found + 4 > end) {
      if (end - at > this.#owner.maxHeadBytes) this.#malformed('its head is too large')
      return -1
    }
    if (found - at > this.#owner.maxHeadBytes) return this.#malformed('its head is too large')
    const head = parseReplyHead(bytes.toString('latin1', at, found + 2), this.#owner.maxFields)
    if (typeof head === 'string') return this.#malformed('its head is not HTTP/1')
    if (head.status < 200) return this.#interim(head) ? found + 4 : -1
    const framing = replyFraming(head, this.#request!.method)
    if (typeof framing === 'string') return this.#malformed('its length is ambiguous')
    this.#takeReply(head, framing)
    return found + 4
  }

  #interim(head: ReplyHead): boolean {
    if (head.status === 101) {
      this.#malformed('it switched protocols unasked')
      return false
    }
    if (head.status === 100) this.#continue()
    else this.#taker!.onInformational(head)
    return true
  }

  #takeReply(head: ReplyHead, framing: number): void {
    const taker = this.#taker!
    this.#keepAlive = head.minor === 1 && !head.connectionClose && framing !== Framing.untilClose
    this.#hint = head.keepAliveHint
    this.#taker = undefined
    if (framing === Framing.none || framing === 0) {
      this.#replyRead()
      taker.onReplyHead(head, undefined)
      return
    }
    this.#state = State.body
    this.#sink = undefined
    this.length = framing > 0 ? framing : undefined
    this.#decoder.begin(framing)
    taker.onReplyHead(head, this)
  }

  #takeBody(bytes: Buffer, at: number, end: number): number {
    const took = this.#decoder.feed(bytes, at, end, this.#sink!)
    if (typeof took === 'string') {
      this.#fail(new Fault('REPLY_CUT', 'the service sent malformed chunks'))
      return -1
    }
    if (this.#state === State.body && this.#decoder.done) this.#replyRead()
    return took
  }

  #malformed(why: string): number {
    this.#fail(new Fault('SERVICE_BAD_REPLY', `the service gave a malformed reply: ${why}`))
    return -1
  }

  /** The reply is whole. The connection is free, unless either side has more to say or wants it closed. */
  #replyRead(): void {
    this.#sink = undefined
    const reusable = this.#keepAlive && this.#writer.finished
    this.#writer.stop()
    this.#request = undefined
    if (!reusable) {
      this.#state = State.closed
      this.destroy()
      return
    }
    this.#state = State.idle
    if (this.#paused) {
      // Whoever took the last piece was full, and has no need to ask for more: the next reply must be heard.
      this.#paused = false
      this.#socket.resume()
    }
    this.#owner.wheel.setAt(this, Infinity)
    this.#owner.onIdle(this, this.#hint)
  }

  // ---- as the reply's body

  start(sink: Sink): void {
    if (this.#error !== undefined || this.#state === State.closed) {
      sink.fail(new Fault('REPLY_CUT', undefined, this.#error))
      return
    }
    this.#sink = sink
    if (this.#reading) return
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#consume(held, held.length)
    if (this.#state === State.body) this.resume()
  }

  pause(): void {
    if (this.#state !== State.body || this.#paused) return
    this.#paused = true
    this.#owner.wheel.setAt(this, this.#request!.totalDeadline)
    if (!this.#reading) this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.#state !== State.body) return
    this.#deadlineIn(this.#request!.limits.idle)
    this.#socket.resume()
  }

  /** Nobody wants the reply, or the request, any more. */
  abort(_fault: Fault): void {
    this.#taker = undefined
    this.#sink = undefined
    this.destroy()
  }

  // ---- the end

  destroy(): void {
    this.#state = State.closed
    this.#writer.stop()
    this.#owner.wheel.remove(this)
    this.#socket.destroy()
  }

  #fail(fault: Fault, untouched = false): void {
    const taker = this.#taker
    const sink = this.#sink
    this.#taker = undefined
    this.#sink = undefined
    this.destroy()
    taker?.onNoReply(fault, untouched)
    sink?.fail(fault)
  }

  #onEnd(): void {
    if (
      this.#state === State.body &&
      this.#decoder.framing === Framing.untilClose &&
      this.#sink !== undefined
    ) {
      const sink = this.#sink
      this.#sink = undefined
      this.destroy()
      sink.end()
    } else if (this.#state !== State.closed) this.#broke()
  }

  #onClose(): void {
    if (this.#state !== State.closed) this.#broke()
    this.#owner.onClosed(this)
  }

  #broke(): void {
    if (this.#state === State.body) this.#fail(new Fault('REPLY_CUT', undefined, this.#error))
    else if (this.#state === State.idle) {
      this.closedByPeer = true
      this.destroy()
    } else if (!this.connected)
      this.#fail(new Fault('SERVICE_REFUSED', this.#error?.message, this.#error))
    else {
      const untouched = this.requests > 1 && !this.#received && this.#request?.body === undefined
      this.#fail(new Fault('SERVICE_RESET', this.#error?.message, this.#error), untouched)
    }
  }

  #deadlineIn(ms: number): void {
    const { wheel } = this.#owner
    const total = this.#request?.totalDeadline ?? Infinity
    wheel.setAt(this, ms === 0 ? total : Math.min(total, wheel.now() + ms))
  }

  override onDeadline(): void {
    const request = this.#request
    if (request === undefined) this.destroy() // idle for long enough
    else if (this.#owner.wheel.now() >= request.totalDeadline)
      this.#fail(new Fault('TOTAL_TIMEOUT'))
    else if (!this.connected) this.#fail(new Fault('CONNECT_TIMEOUT'))
    else if (this.#awaitingContinue) this.#continue()
    else if (this.#state === State.body || this.#writer.stalled)
      this.#fail(new Fault('IDLE_TIMEOUT'))
    else this.#fail(new Fault('RESPONSE_TIMEOUT'))
  }
}
