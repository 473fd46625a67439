/** Reads a service's replies off its connection, one after the other. It is itself the body of the one being read. */

import type { Socket } from 'node:net'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import { BodyDecoder } from '#wire/http1/body-decoder'
import { type BodyFraming, Framing, replyFraming } from '#wire/framing'
import type { ReplyHead } from '#wire/head'
import { parseReplyHead } from '#wire/http1/head'
import { hasBareLf, HEAD_END } from '#wire/http1/scan'

/** The connection that is read. */
export interface ReplyOwner {
  /** Why its socket failed. */
  readonly error: Error | undefined
  /** 101, with what came behind it; false when that is not what was asked for. */
  switched(head: ReplyHead, rest: Buffer): boolean
  /** 1xx other than 101. */
  interim(head: ReplyHead): void
  /** `body` has not started. Undefined: there is none, and the reply is whole. */
  replyBegun(head: ReplyHead, body: Body | undefined): void
  /** The reply that had a body is whole. */
  replyRead(): void
  /** The reply is malformed. */
  fail(fault: Fault): void
  /** The next piece of the body is to come in time. */
  awaitPiece(): void
  /** Whoever takes the body is full: nothing is expected of the service. */
  awaitNothing(): void
  abort(fault: Fault): void
}

/** `none`: no reply is expected. `switched`: what comes is no HTTP. */
export const Reading = { none: 0, head: 1, body: 2, over: 3, switched: 4 } as const

export class ReplyReader implements Body {
  /** Of the body being read, when known. */
  length: number | undefined = undefined
  /** What is being read: one of `Reading`. */
  reading: number = Reading.none
  /** Whether anything of the reply has come. */
  received = false
  /** The reply's Keep-Alive field. */
  hint: string | undefined = undefined
  /** Whether the reply lets another follow it. */
  keepAlive = false
  readonly #owner: ReplyOwner
  readonly #socket: Socket
  readonly #maxHeadBytes: number
  readonly #maxFields: number
  readonly #decoder: BodyDecoder
  #method = ''
  #sink: Sink | undefined = undefined
  #held: Buffer | undefined = undefined
  #paused = false
  #consuming = false

  constructor(owner: ReplyOwner, socket: Socket, maxHeadBytes: number, maxFields: number) {
    this.#owner = owner
    this.#socket = socket
    this.#maxHeadBytes = maxHeadBytes
    this.#maxFields = maxFields
    this.#decoder = new BodyDecoder(maxHeadBytes)
  }

  /** A request with this method goes out: its reply is to come. */
  expect(method: string): void {
    this.#method = method
    this.reading = Reading.head
    this.received = false
  }

  /** What the socket read into the shared buffer. Returns whether to read on. */
  push(count: number, buffer: Buffer): boolean {
    this.received = true
    if (this.#held === undefined) this.#consume(buffer, count)
    else {
      const held = Buffer.concat([this.#held, buffer.subarray(0, count)])
      this.#held = undefined
      this.#consume(held, held.length)
    }
    return !this.#paused
  }

  #consume(bytes: Buffer, end: number): void {
    this.#consuming = true
    let at = 0
    while (at < end) {
      let took = -1
      if (this.reading === Reading.head) took = this.#takeHead(bytes, at, end)
      else if (this.reading === Reading.body && this.#sink !== undefined)
        took = this.#takeBody(bytes, at, end)
      if (took < 0) break
      at = took
    }
    this.#consuming = false
    if (this.reading >= Reading.over || this.reading === Reading.none) return
    if (at < end) this.#hold(bytes, at, end)
    if (this.reading === Reading.body && !this.#paused) this.#owner.awaitPiece()
  }

  /** Keeps what came before anyone wanted it: part of a head, or a body not yet started. */
  #hold(bytes: Buffer, at: number, end: number): void {
    this.#held = Buffer.from(bytes.subarray(at, end))
    if (this.reading !== Reading.body) return
    this.#paused = true
    this.#socket.pause()
  }

  #takeHead(bytes: Buffer, at: number, end: number): number {
    const found = bytes.indexOf(HEAD_END, at)
    const whole = found >= 0 && found + 4 <= end
    if ((whole ? found : end) - at > this.#maxHeadBytes) return this.#bad('its head is too large')
    if (!whole) return hasBareLf(bytes, at, at, end) ? this.#bad('its head is not HTTP/1') : -1
    const head = parseReplyHead(bytes.toString('latin1', at, found + 2), this.#maxFields)
    if (typeof head === 'string') return this.#bad('its head is not HTTP/1')
    if (head.status === 101) return this.#switch(head, bytes, found + 4, end)
    if (head.status < 200) this.#owner.interim(head)
    else {
      const framing = replyFraming(head, this.#method)
      if (typeof framing === 'string') return this.#bad('its length is ambiguous')
      this.#begin(head, framing, found + 4 === end)
    }
    return found + 4
  }

  #switch(head: ReplyHead, bytes: Buffer, at: number, end: number): number {
    this.reading = Reading.switched
    if (this.#owner.switched(head, Buffer.from(bytes.subarray(at, end)))) return end
    return this.#bad('it switched protocols, and not as it was asked to')
  }

  #begin(head: ReplyHead, framing: BodyFraming, isLast: boolean): void {
    this.keepAlive = head.minor === 1 && !head.connectionClose && framing !== Framing.untilClose
    this.hint = head.keepAliveHint
    if (framing === Framing.none || framing === 0) {
      this.#whole(isLast)
      this.#owner.replyBegun(head, undefined)
      return
    }
    this.reading = Reading.body
    this.#sink = undefined
    this.length = framing > 0 ? framing : undefined
    this.#decoder.begin(framing)
    this.#owner.replyBegun(head, this)
  }

  #takeBody(bytes: Buffer, at: number, end: number): number {
    const took = this.#decoder.feed(bytes, at, end, this.#sink!)
    if (typeof took === 'string') {
      this.#owner.fail(new Fault('REPLY_CUT', 'the service sent malformed chunks'))
      return -1
    }
    if (this.reading === Reading.body && this.#decoder.done) {
      this.#whole(took === end)
      this.#owner.replyRead()
    }
    return took
  }

  /** `isLast`: nothing came with it that nobody asked for, and that would be taken for the next reply. */
  #whole(isLast: boolean): void {
    this.reading = Reading.none
    this.#sink = undefined
    if (!isLast) this.keepAlive = false
    if (!this.#paused) return
    // Whoever took the last piece was full, and has no need to ask for more: the next reply must be heard.
    this.#paused = false
    this.#socket.resume()
  }

  #bad(why: string): number {
    const message = `the service gave a malformed reply: ${why}`
    this.#owner.fail(new Fault('SERVICE_BAD_REPLY', message))
    return -1
  }

  /** Whether the end of the connection is the end of the body, and there is someone to be told. */
  get endsWithConnection(): boolean {
    return (
      this.reading === Reading.body &&
      this.#decoder.framing === Framing.untilClose &&
      this.#sink !== undefined
    )
  }

  /** Nothing more is read. Returns whoever took the body, to be told why. */
  close(): Sink | undefined {
    const sink = this.#sink
    this.#sink = undefined
    this.reading = Reading.over
    return sink
  }

  // ---- as the reply's body

  start(sink: Sink): void {
    const { error } = this.#owner
    if (error !== undefined || this.reading === Reading.over) {
      sink.fail(new Fault('REPLY_CUT', undefined, error))
      return
    }
    this.#sink = sink
    if (this.#consuming) return
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#consume(held, held.length)
    if (this.reading === Reading.body) this.resume()
  }

  pause(): void {
    if (this.reading !== Reading.body || this.#paused) return
    this.#paused = true
    this.#owner.awaitNothing()
    if (!this.#consuming) this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.reading !== Reading.body) return
    this.#owner.awaitPiece()
    this.#socket.resume()
  }

  abort(fault: Fault): void {
    this.#owner.abort(fault)
  }
}
