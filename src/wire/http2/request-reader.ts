/** Reads the body of one request from its stream, for whoever wants it and as fast as it is taken. */

import type { ServerHttp2Stream } from 'node:http2'
import { Timed, type TimerWheel } from '#base/timer-wheel'
import type { HeaderList } from '#http/header-list'
import { Fault } from '#sdk/fault'
import { type BodySource, MIN_BODY_BYTES, RequestBody } from '#wire/http1/request-body'
import { readTrailers } from '#wire/http2/request-trailers'
import type { ReplyChannel } from '#wire/reply-channel'

const NO_FIELDS: readonly string[] = []

const READER = Symbol('reader')

interface Read extends ServerHttp2Stream {
  [READER]: RequestReader
}

export class RequestReader extends Timed implements BodySource {
  readonly body: RequestBody
  readonly #stream: ServerHttp2Stream
  readonly #channel: ReplyChannel
  readonly #wheel: TimerWheel
  #continueOwed: boolean
  #bytesInWindow = 0
  #trailers: HeaderList | undefined = undefined
  #over = false

  constructor(
    stream: ServerHttp2Stream,
    channel: ReplyChannel,
    wheel: TimerWheel,
    length: number | undefined,
    expectsContinue: boolean,
  ) {
    super()
    this.#stream = stream
    this.#channel = channel
    this.#wheel = wheel
    this.body = new RequestBody(this, length)
    this.#continueOwed = expectsContinue
    ;(stream as Read)[READER] = this
    stream.on('trailers', onTrailers) // they may come before anyone wants the body
  }

  /** Whether it is read to its end, or will not be. */
  get over(): boolean {
    return this.#over
  }

  fail(fault: Fault): void {
    if (this.#finish()) this.body.fail(fault)
  }

  override onDeadline(): void {
    this.#stream.pause()
    this.fail(new Fault('BODY_TIMEOUT'))
  }

  #finish(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#wheel.remove(this)
    return true
  }

  /** Gives the client its time for the next piece. */
  #await(): void {
    this.#bytesInWindow = 0
    this.#wheel.setIn(this, this.#channel.bodyTimeoutMs)
  }

  // ---- for RequestBody

  bodyStarted(): void {
    if (this.#over) return
    if (this.#continueOwed) this.#channel.informational(100, NO_FIELDS)
    this.#continueOwed = false
    this.#await()
    this.#stream.on('end', onEnd).on('data', onData)
  }

  /** Who takes the body is full. A client that waits for us has no deadline. */
  bodyPaused(): void {
    this.#wheel.setAt(this, Infinity)
    this.#stream.pause()
  }

  bodyResumed(): void {
    if (this.#over) return
    this.#await()
    this.#stream.resume()
  }

  /** Nobody wants the rest: it stays with the client, which has no more to send than its window. */
  bodyAborted(): void {
    if (this.#finish()) this.#stream.pause()
  }

  // ---- for the listeners below

  take(bytes: Buffer): void {
    if (this.#over) return
    this.body.chunk(bytes)
    if (this.#over || this.body.paused) return
    this.#bytesInWindow += bytes.length
    if (this.#bytesInWindow >= MIN_BODY_BYTES) this.#await()
  }

  takeTrailers(flat: readonly string[]): void {
    const trailers = readTrailers(flat)
    if (trailers === undefined) this.fail(new Fault('BAD_BODY'))
    else this.#trailers = trailers
  }

  end(): void {
    const { bytes, length } = this.body
    if (length !== undefined && length !== bytes) this.fail(new Fault('BAD_BODY'))
    else if (this.#finish()) this.body.end(this.#trailers)
  }
}

// One function for all streams, not one for each.

function onData(this: ServerHttp2Stream, bytes: Buffer): void {
  ;(this as Read)[READER].take(bytes)
}

function onEnd(this: ServerHttp2Stream): void {
  ;(this as Read)[READER].end()
}

function onTrailers(
  this: ServerHttp2Stream,
  _fields: unknown,
  _flags: number,
  flat: readonly string[],
): void {
  ;(this as Read)[READER].takeTrailers(flat)
}
