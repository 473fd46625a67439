/** Replies onto a client's connection. */

import type { Socket } from 'node:net'
import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import { type BodyFraming, Framing } from '#wire/http1/framing'
import { MessageWriter } from '#wire/http1/message-writer'
import { framingLine, statusLine } from '#wire/http1/serialize'

/** The connection a writer writes for. */
export interface WriterOwner {
  /** `fault`: what cut it short. */
  replyDone(complete: boolean, keepAlive: boolean, fault?: Fault): void
  writeStalled(): void
  writeResumed(): void
}

export class ReplyWriter extends MessageWriter implements Sink {
  /** Whether the reply in progress is over, one way or another. */
  finished = true
  headSent = false
  /** Of the request that is answered. */
  method = 'GET'
  minor = 1
  readonly #owner: WriterOwner
  #keepAlive = true

  constructor(owner: WriterOwner, socket: Socket) {
    super(socket)
    this.#owner = owner
  }

  /** The next reply is to this method and minor version. */
  begin(method: string, minor: number): void {
    this.method = method
    this.minor = minor
    this.finished = false
    this.headSent = false
    this.bytesOut = 0
  }

  /** An interim reply (RFC 9110 §15.2). HTTP/1.0 clients know none. */
  informational(status: number, lines: string): void {
    if (this.minor === 0 || this.finished || this.headSent) return
    this.writeText(`${statusLine(status)}${lines}\r\n`)
    this.flush()
  }

  /** A whole reply in one write. `lines` are its fields, each with CRLF. */
  send(
    status: number,
    lines: string,
    framing: BodyFraming,
    body: Buffer | undefined,
    keepAlive: boolean,
  ): void {
    this.#head(status, lines, framing, keepAlive)
    if (body !== undefined && framing > 0) this.writeChunk(body)
    this.end()
  }

  /** A reply whose body is pushed here. */
  stream(
    status: number,
    lines: string,
    framing: BodyFraming,
    body: Body,
    keepAlive: boolean,
  ): void {
    this.#head(status, lines, framing, keepAlive)
    this.body = body
    body.start(this)
    if (!this.finished) this.queueFlush()
  }

  #head(status: number, lines: string, framing: BodyFraming, keepAlive: boolean): void {
    this.framing = framing
    this.#keepAlive = keepAlive
    this.headSent = true
    let connection = ''
    if (!keepAlive) connection = 'connection: close\r\n'
    else if (this.minor === 0) connection = 'connection: keep-alive\r\n'
    this.writeText(`${statusLine(status)}${lines}${framingLine(framing)}${connection}\r\n`)
  }

  chunk(bytes: Buffer): void {
    if (!this.finished) this.writeChunk(bytes)
  }

  end(trailers?: HeaderList): void {
    if (this.finished) return
    if (!this.writeEnd(trailers)) {
      this.fail(new Fault('REPLY_CUT', 'the body is not as long as was said'))
      return
    }
    this.finished = true
    this.body = undefined
    this.#owner.replyDone(true, this.#keepAlive)
  }

  /** Cuts the connection, so that what was sent can never look whole. */
  fail(fault: Fault): void {
    if (this.finished) return
    this.finished = true
    this.body = undefined
    this.flush()
    // With no length and no chunks only a reset tells the client (RFC 9112 §8).
    if (this.framing === Framing.untilClose) this.socket.resetAndDestroy()
    else this.socket.destroySoon()
    this.#owner.replyDone(false, false, fault)
  }

  /** The client is gone: nothing more is written, and whoever pushes is told to stop. */
  stop(): void {
    if (this.finished) return
    this.finished = true
    this.discardPending()
    const { body } = this
    this.body = undefined
    body?.abort(new Fault('CLIENT_GONE'))
  }

  protected override onStalled(): void {
    this.#owner.writeStalled()
  }

  protected override onResumed(): void {
    this.#owner.writeResumed()
  }
}
