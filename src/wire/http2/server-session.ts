/** One client's HTTP/2 connection: streams in, each an exchange of its own; bounds on what it may cost; a leave-taking. */

import { constants, performServerHandshake, type ServerHttp2Session } from 'node:http2'
import type { ServerHttp2Stream, ServerSessionOptions } from 'node:http2'
import type { Socket } from 'node:net'
import { Timed } from '#base/timer-wheel'
import { Fault } from '#sdk/fault'
import type { Connection, ConnectionLimits, ConnectionUser } from '#wire/connection'
import { Flood, MAX_CONTROL_FRAMES, MAX_RESETS, MAX_USELESS_FRAMES } from '#wire/http2/floods'
import { ServerStream, type StreamOwner } from '#wire/http2/server-stream'

/** Before the head of a request that comes with more than this the connection ends; what is smaller gets its answer. */
const HARD_LIMIT = 2

const END_STREAM = constants.NGHTTP2_FLAG_END_STREAM

export class ServerSession extends Timed implements Connection, StreamOwner {
  requests = 0
  readonly user: ConnectionUser
  readonly scheme: 'http' | 'https'
  readonly #session: ServerHttp2Session
  readonly #streams = new Set<ServerStream>()
  readonly #resets = new Flood(MAX_RESETS)
  readonly #controls = new Flood(MAX_CONTROL_FRAMES)
  #leaving = false
  #closed = false

  constructor(socket: Socket, user: ConnectionUser, scheme: 'http' | 'https') {
    super()
    this.user = user
    this.scheme = scheme
    const session = performServerHandshake(socket, optionsFor(user.limits))
    this.#session = session
    const onControl = (): void => {
      if (this.#controls.add(user.wheel.now())) this.#calmDown()
    }
    session.on('stream', (stream, _headers, flags, raw) => this.#onStream(stream, flags, raw))
    session.on('ping', onControl)
    session.on('remoteSettings', onControl)
    session.on('error', ignore)
    session.on('close', () => this.#onClose())
    socket.on('end', () => this.cut(new Fault('CLIENT_GONE')))
    user.wheel.setIn(this, user.limits.idleTimeoutMs)
  }

  get underWay(): number {
    return this.#streams.size
  }

  /**
   * What it asks after that is not heard, and known to it as such (RFC 9113 §6.8): it goes elsewhere. A client that has just
   * come is served once.
   */
  drain(): void {
    this.#leaving = true
    if (this.requests > 0 && !this.#isOver) this.#session.goaway(constants.NGHTTP2_NO_ERROR)
  }

  endIfIdle(): void {
    if (!this.#isOver) this.#session.close() // says GOAWAY, and ends with the last stream
  }

  cut(fault: Fault): void {
    for (const stream of this.#streams) stream.gone(fault)
    this.#session.destroy()
  }

  /** For ServerStream: it is over. `reset`: before it was answered, and not by us. */
  streamOver(stream: ServerStream, reset: boolean): void {
    this.#streams.delete(stream)
    if (this.#isOver) return
    if (reset && this.#resets.add(this.user.wheel.now())) this.#calmDown()
    else if (this.#streams.size === 0) this.user.wheel.setIn(this, this.user.limits.idleTimeoutMs)
  }

  #onStream(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    this.requests++
    this.user.wheel.setAt(this, Infinity)
    const served = new ServerStream(this, stream)
    this.#streams.add(served)
    if (stream.destroyed) served.gone(new Fault('CLIENT_GONE'), true)
    else served.begin(raw, (flags & END_STREAM) !== 0)
    if (this.#leaving && this.requests === 1) this.drain()
  }

  /** Whoever floods is told so, and cut off. */
  #calmDown(): void {
    if (this.#isOver) return
    for (const stream of this.#streams) stream.gone(new Fault('CLIENT_GONE', 'a flood'))
    this.#session.destroy(new Error('a flood'), constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  get #isOver(): boolean {
    return this.#closed || this.#session.destroyed
  }

  #onClose(): void {
    if (this.#closed) return
    this.#closed = true
    this.user.wheel.remove(this)
    for (const stream of this.#streams) stream.gone(new Fault('CLIENT_GONE'))
    this.user.onClosed()
  }

  /** Nothing was asked for so long. */
  override onDeadline(): void {
    this.endIfIdle()
  }
}

function optionsFor({ headerBytes, fields, streams }: ConnectionLimits): ServerSessionOptions {
  return {
    settings: {
      enablePush: false,
      maxConcurrentStreams: streams,
      maxHeaderListSize: headerBytes * HARD_LIMIT,
    },
    maxHeaderListPairs: fields * HARD_LIMIT,
    strictSingleValueFields: false, // what a service says twice is its own affair
    maxSessionInvalidFrames: MAX_USELESS_FRAMES,
    maxSessionRejectedStreams: MAX_USELESS_FRAMES,
  }
}

function ignore(): void {}
