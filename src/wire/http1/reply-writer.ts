/** Replies onto a client's connection. */

import type { Socket } from 'node:net'
import type { Body } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import type { Link } from '#sdk/link'
import { isFramingField } from '#wire/field-names'
import { type BodyFraming, Framing } from '#wire/framing'
import { MessageWriter } from '#wire/http1/message-writer'
import { fieldLines, framingLine, statusLine, UPGRADE_LINES } from '#wire/http1/serialize'
import type { ReplyChannel, ReplyStart } from '#wire/reply-channel'

/** The connection a writer writes for. */
export interface WriterOwner {
  bodyTimeoutMs: number
  /** Whether the connection may carry another request after the reply about to be sent. */
  willKeepAlive(): boolean
  drain(): void
  switchProtocols(start: ReplyStart): Link
  /** `fault`: what cut it short. */
  replyDone(complete: boolean, keepAlive: boolean, fault?: Fault): void
  writeStalled(): void
  writeResumed(): void
}

export class ReplyWriter extends MessageWriter implements ReplyChannel {
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

  get protocol(): string {
    return this.minor === 1 ? 'http/1.1' : 'http/1.0'
  }

  get version(): string {
    return this.minor === 1 ? '1.1' : '1.0'
  }

  get bodyTimeoutMs(): number {
    return this.#owner.bodyTimeoutMs
  }

  set bodyTimeoutMs(ms: number) {
    this.#owner.bodyTimeoutMs = ms
  }

  distrust(): void {
    this.#owner.drain()
  }

  /** HTTP/1.0 clients know none. */
  informational(status: number, fields: readonly string[]): void {
    if (this.minor === 0 || this.finished || this.headSent) return
    this.writeText(`${statusLine(status)}${fieldLines(fields)}\r\n`)
    this.flush()
  }

  switchProtocols(start: ReplyStart): Link {
    return this.#owner.switchProtocols(start)
  }

  /** The last that is HTTP on this connection. */
  sendSwitch(start: ReplyStart): void {
    this.headSent = true
    this.writeText(`${statusLine(101)}${replyLines(start)}${UPGRADE_LINES}\r\n`)
    this.flush()
    this.finished = true
  }

  sendHead(start: ReplyStart, told: string | undefined): void {
    this.#head(start, Framing.none, told)
    this.end()
  }

  /** In one write. */
  send(start: ReplyStart, body: Buffer | undefined): void {
    this.#head(start, body?.length ?? 0)
    if (body !== undefined && body.length > 0) this.chunk(body)
    this.end()
  }

  stream(start: ReplyStart, body: Body): void {
    this.#head(start, body.length ?? (this.minor === 1 ? Framing.chunked : Framing.untilClose))
    this.pull(body)
  }

  #head(start: ReplyStart, framing: BodyFraming, told?: string): void {
    const keepAlive = framing !== Framing.untilClose && this.#owner.willKeepAlive()
    this.framing = framing
    this.#keepAlive = keepAlive
    this.headSent = true
    let last = told === undefined ? framingLine(framing) : `content-length: ${told}\r\n`
    if (!keepAlive) last += 'connection: close\r\n'
    else if (this.minor === 0) last += 'connection: keep-alive\r\n'
    this.writeText(`${statusLine(start.status)}${replyLines(start)}${last}\r\n`)
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

/** The reply's own fields, with the request id and a Date in every case. */
function replyLines({ fields, date, requestId }: ReplyStart): string {
  let lines = ''
  let dated = false
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (isFramingField(name) || name === 'x-request-id') continue
    if (name === 'date') dated = true
    lines += `${name}: ${fields[i + 1]!}\r\n`
  }
  if (!dated) lines += `date: ${date}\r\n`
  return `${lines}x-request-id: ${requestId}\r\n`
}
