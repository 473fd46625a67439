/** Replies onto a client's connection. */

import type { Socket } from 'node:net'
import type { Body } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import { type BodyFraming, Framing } from '#wire/http1/framing'
import { MessageWriter } from '#wire/http1/message-writer'
import { framingLine, statusLine, UPGRADE_LINES } from '#wire/http1/serialize'

/** The connection a writer writes for. */
export interface WriterOwner {
  /** `fault`: what cut it short. */
  replyDone(complete: boolean, keepAlive: boolean, fault?: Fault): void
  writeStalled(): void
  writeResumed(): void
}

export class ReplyWriter extends MessageWriter {
  headSent = false
  /** Of the request that is answered. */
  method = 'GET'
  minor = 1
  protected override readonly wrongLength = 'REPLY_CUT'
  protected override readonly unwanted = 'CLIENT_GONE'
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

  /** The last that is HTTP on this connection. */
  switchProtocols(lines: string): void {
    this.headSent = true
    this.writeText(`${statusLine(101)}${lines}${UPGRADE_LINES}\r\n`)
    this.flush()
    this.finished = true
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
    if (body !== undefined && framing > 0) this.chunk(body)
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
    this.pull(body)
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

  protected override onWritten(): void {
    this.#owner.replyDone(true, this.#keepAlive)
  }

  /** Cuts the connection, so that what was sent can never look whole. */
  protected override onBroken(fault: Fault): void {
    this.flush()
    // With no length and no chunks only a reset tells the client (RFC 9112 §8).
    if (this.framing === Framing.untilClose) this.socket.resetAndDestroy()
    else this.socket.destroySoon()
    this.#owner.replyDone(false, false, fault)
  }

  protected override onStalled(): void {
    this.#owner.writeStalled()
  }

  protected override onResumed(): void {
    this.#owner.writeResumed()
  }
}
