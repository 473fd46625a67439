/** One client's HTTP/2 connection: streams in, each an exchange of its own; bounds on what it may cost; a leave-taking. */

import type { Socket } from 'node:net'
import { Alarm, Timed } from '#base/timer-wheel'
import { Fault } from '#sdk/fault'
import type { Connection, ConnectionLimits, ConnectionUser } from '#wire/connection'
import { Farewell } from '#wire/http2/farewell'
import { type FloodOwner, Floods } from '#wire/http2/floods'
import { FrameReader } from '#wire/http2/frame-reader'
import { FrameWriter, type WriterOwner } from '#wire/http2/frame-writer'
import { ErrorCode, PREFACE } from '#wire/http2/frames'
import { HeaderEncoder } from '#wire/http2/hpack/encoder'
import { OutgoingBodies } from '#wire/http2/outgoing-bodies'
import { greet, maxBlockBytes } from '#wire/http2/own-settings'
import { type FramesOwner, RequestFrames } from '#wire/http2/request-frames'
import { ServerStream, type StreamOwner } from '#wire/http2/server-stream'
import { type Ended, StreamTable } from '#wire/http2/stream-table'

/** What may wait for a client that asks and does not read the answers, before it is heard no more until it does. */
const MAX_BACKLOG_BYTES = 262_144

/** How long, and how far, a connection that has ended is read on, so that the client can read why. */
const LINGER_MS = 2_000
const MAX_LATE_BYTES = 262_144

export class ServerSession
  extends Timed
  implements Connection, StreamOwner, FramesOwner, FloodOwner, WriterOwner
{
  requests = 0
  readonly user: ConnectionUser
  readonly scheme: 'http' | 'https'
  readonly limits: ConnectionLimits
  readonly streams = new StreamTable<ServerStream>()
  readonly writer: FrameWriter
  readonly encoder = new HeaderEncoder()
  readonly bodies: OutgoingBodies
  readonly floods = new Floods(this)
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #farewell: Farewell
  /** For what a client has begun and must end in time: its settings, a head. */
  readonly #patience: Alarm
  #prefaceBytes = 0
  #settingsHeard = false
  #awaitedHead = 0
  #leaving = false
  /** It ends with the last stream. */
  #ending = false
  #over = false
  #lateBytes = 0

  constructor(socket: Socket, user: ConnectionUser, scheme: 'http' | 'https') {
    super()
    this.user = user
    this.scheme = scheme
    this.limits = user.limits
    this.#socket = socket
    this.writer = new FrameWriter(this, socket)
    this.bodies = new OutgoingBodies(this.writer)
    this.#reader = new FrameReader(new RequestFrames(this), maxBlockBytes(user.limits))
    this.#farewell = new Farewell(this.writer, user.wheel, () => this.streams.lastId)
    this.#patience = new Alarm(() => this.#onImpatience())
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.on('end', () => this.cut(new Fault('CLIENT_GONE')))
    socket.on('error', ignore).on('close', () => this.#onClose())
    user.wheel.setIn(this, user.limits.idleTimeoutMs)
    user.wheel.setIn(this.#patience, user.limits.headerTimeoutMs)
    greet(this.writer, user.limits)
  }

  get underWay(): number {
    return this.streams.open.length
  }

  get unsentBytes(): number {
    return this.writer.backlog
  }

  get served(): number {
    return this.requests + this.writer.dataFrames
  }

  get isDeaf(): boolean {
    return this.#farewell.isFinal
  }

  now(): number {
    return this.user.wheel.now()
  }

  // ---- reading

  #read(bytes: Buffer): void {
    if (this.#over) {
      this.#lateBytes += bytes.length
      if (this.#lateBytes > MAX_LATE_BYTES) this.#socket.destroy()
      return
    }
    let from = 0
    if (this.#prefaceBytes < PREFACE.length) {
      from = Math.min(bytes.length, PREFACE.length - this.#prefaceBytes)
      const difference = PREFACE.compare(
        bytes,
        0,
        from,
        this.#prefaceBytes,
        this.#prefaceBytes + from,
      )
      this.#prefaceBytes += from
      if (difference !== 0) this.breakOff(ErrorCode.protocol, 'no preface')
    }
    this.#reader.push(from === 0 ? bytes : bytes.subarray(from))
    if (this.#over) return
    if (this.#settingsHeard && this.#reader.unfinishedHead !== this.#awaitedHead) this.#awaitHead()
    if (this.writer.stalled && this.writer.backlog > MAX_BACKLOG_BYTES) this.#socket.pause()
  }

  #awaitHead(): void {
    this.#awaitedHead = this.#reader.unfinishedHead
    const { wheel, limits } = this.user
    if (this.#awaitedHead > 0) wheel.setIn(this.#patience, limits.headerTimeoutMs)
    else wheel.setAt(this.#patience, Infinity)
  }

  onWritable(): void {
    this.bodies.sendHeld()
    this.#socket.resume()
  }

  // ---- for RequestFrames

  begin(id: number, window: number, fields: string[] | undefined, isOpen: boolean): void {
    this.requests++
    this.user.wheel.setAt(this, Infinity)
    const stream = new ServerStream(this, id, window, isOpen)
    this.streams.add(stream)
    stream.begin(fields)
    if (this.#leaving) this.#farewell.begin()
  }

  settingsHeard(): void {
    if (this.#settingsHeard) return
    this.#settingsHeard = true
    this.user.wheel.setAt(this.#patience, Infinity)
  }

  pingCameBack(payload: Buffer, start: number): void {
    this.#farewell.heard(payload, start)
  }

  clientLeaves(): void {
    this.endIfIdle()
  }

  /** An error of the whole connection (RFC 9113 §5.4.1). */
  breakOff(code: number, why: string): void {
    if (this.#over) return
    this.#over = true
    this.#dropStreams(new Fault('CLIENT_GONE', why))
    this.writer.goaway(this.streams.lastId, code, why)
    this.#hangUp()
  }

  onFlood(): void {
    this.breakOff(ErrorCode.enhanceYourCalm, 'a flood')
  }

  // ---- for ServerStream

  streamOver(stream: ServerStream, ended: Ended): void {
    this.streams.remove(stream, ended)
    if (this.#over || this.streams.open.length > 0) return
    if (this.#ending) this.#end()
    else this.user.wheel.setIn(this, this.user.limits.idleTimeoutMs)
  }

  streamVoid(): void {
    this.floods.reset()
  }

  // ---- Connection, and its end

  /**
   * What is asked until the client has heard is served; after that it asks elsewhere. A client that has just come is
   * served once.
   */
  drain(): void {
    this.#leaving = true
    if (this.requests > 0 && !this.#over) this.#farewell.begin()
  }

  endIfIdle(): void {
    this.#ending = true
    if (!this.#over && this.streams.open.length === 0) this.#end()
  }

  #end(): void {
    this.#over = true
    this.#farewell.end()
    this.#hangUp()
  }

  /** Nothing more is said, and what still comes is read away. */
  #hangUp(): void {
    this.#reader.stop()
    this.#farewell.stop()
    this.writer.flush()
    const { wheel } = this.user
    wheel.remove(this.#patience)
    wheel.setIn(this, LINGER_MS)
    this.#socket.end()
    this.#socket.resume()
  }

  cut(fault: Fault): void {
    this.#over = true
    this.#reader.stop()
    this.#dropStreams(fault)
    this.#socket.destroy()
  }

  #dropStreams(fault: Fault): void {
    const { open } = this.streams
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) last.gone('byUs', fault)
  }

  #onClose(): void {
    this.#over = true
    this.#reader.stop()
    this.#farewell.stop()
    this.user.wheel.remove(this)
    this.user.wheel.remove(this.#patience)
    this.#dropStreams(new Fault('CLIENT_GONE'))
    this.user.onClosed()
  }

  /** Nothing was asked for so long, or it has ended and the client has not closed. */
  override onDeadline(): void {
    if (this.#over || this.writer.stalled) this.#socket.destroy()
    else this.endIfIdle()
  }

  #onImpatience(): void {
    if (this.#settingsHeard) this.breakOff(ErrorCode.enhanceYourCalm, 'a head that does not end')
    else this.breakOff(ErrorCode.settingsTimeout, 'SETTINGS were not acknowledged')
  }
}

function ignore(): void {}
