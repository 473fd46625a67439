/** What the frames of a client mean: to its streams, by their states (RFC 9113 §5.1), and to the connection. */

import { Fault } from '#sdk/fault'
import type { ConnectionLimits } from '#wire/connection'
import type { Floods } from '#wire/http2/floods'
import type { FrameTaker } from '#wire/http2/frame-reader'
import type { FrameWriter } from '#wire/http2/frame-writer'
import { ErrorCode, MAX_WINDOW } from '#wire/http2/frames'
import { HeaderDecoder } from '#wire/http2/hpack/decoder'
import type { HeaderEncoder } from '#wire/http2/hpack/encoder'
import type { OutgoingBodies } from '#wire/http2/outgoing-bodies'
import { CONNECTION_WINDOW, READ_BEYOND_LIMIT } from '#wire/http2/own-settings'
import { PeerSettings } from '#wire/http2/peer-settings'
import { ReceiveWindow } from '#wire/http2/receive-window'
import type { ServerStream } from '#wire/http2/server-stream'
import type { StreamTable } from '#wire/http2/stream-table'

/** The connection whose frames are read. */
export interface FramesOwner {
  readonly writer: FrameWriter
  readonly encoder: HeaderEncoder
  readonly bodies: OutgoingBodies
  readonly streams: StreamTable<ServerStream>
  readonly floods: Floods
  readonly limits: ConnectionLimits
  /** Whether the client knows that what it asks now is not heard. */
  readonly isDeaf: boolean
  /** `fields`: undefined when they are too large. `isOpen`: something follows them. */
  begin(id: number, window: number, fields: string[] | undefined, isOpen: boolean): void
  settingsHeard(): void
  pingCameBack(payload: Buffer, start: number): void
  clientLeaves(): void
  breakOff(code: number, why: string): void
}

export class RequestFrames implements FrameTaker {
  readonly #owner: FramesOwner
  readonly #decoder: HeaderDecoder
  readonly #peer = new PeerSettings()
  readonly #window = new ReceiveWindow(CONNECTION_WINDOW)
  /** Of the DATA frame being read. */
  #dataStream: ServerStream | undefined = undefined
  #dataBytes = 0

  constructor(owner: FramesOwner) {
    this.#owner = owner
    const { headerBytes, fields } = owner.limits
    this.#decoder = new HeaderDecoder(headerBytes * READ_BEYOND_LIMIT, fields * READ_BEYOND_LIMIT)
  }

  // ---- HEADERS

  onHeaders(id: number, endsStream: boolean, block: Buffer, start: number, end: number): void {
    const { streams, isDeaf } = this.#owner
    const flat: string[] = []
    const decoded = this.#decoder.decode(block, start, end, flat)
    if (decoded === 'broken') this.onBroken(ErrorCode.compression, 'a header block that is none')
    else {
      const fields = decoded === 'whole' ? flat : undefined
      if (id <= streams.lastId) this.#onTrailers(id, endsStream, fields)
      else if (id % 2 === 0) this.onBroken(ErrorCode.protocol, 'not a number of its own')
      else if (!isDeaf) this.#begin(id, endsStream, fields)
    }
  }

  #begin(id: number, endsStream: boolean, fields: string[] | undefined): void {
    const { streams, limits, writer } = this.#owner
    if (streams.open.length < limits.streams) {
      this.#owner.begin(id, this.#peer.initialWindow, fields, !endsStream)
      return
    }
    writer.reset(id, ErrorCode.refusedStream)
    streams.lastId = id
    streams.note(id, 'byUs')
    this.#owner.floods.useless()
  }

  #onTrailers(id: number, endsStream: boolean, fields: string[] | undefined): void {
    const stream = this.#owner.streams.find(id)
    if (stream === undefined) this.#onLate(id)
    else if (!stream.isOpen) stream.makeVoid(ErrorCode.streamClosed, 'trailers after the end')
    else if (!endsStream) stream.makeVoid(ErrorCode.protocol, 'trailers that are not the end')
    else stream.takeTrailers(fields)
  }

  /** HEADERS or DATA for a stream that is not open. */
  #onLate(id: number): void {
    if (this.#isUnheard(id)) return
    const ended = this.#owner.streams.endOf(id)
    if (ended === 'byUs') return // the client had not heard yet
    if (ended === 'byPeer') this.onBroken(ErrorCode.streamClosed, 'the stream had ended')
    else this.onBroken(ErrorCode.protocol, 'a stream that was never begun')
  }

  // ---- DATA

  onDataHead(id: number, bytes: number): void {
    const { writer, streams } = this.#owner
    this.#dataStream = undefined
    this.#dataBytes = bytes
    if (!this.#window.arrived(bytes)) {
      this.onBroken(ErrorCode.flowControl, 'more DATA than the connection allows')
      return
    }
    const increment = this.#window.taken(bytes)
    if (increment > 0) writer.windowUpdate(0, increment)
    const stream = streams.find(id)
    if (stream === undefined) this.#onLate(id)
    else if (!stream.isOpen) stream.makeVoid(ErrorCode.streamClosed, 'DATA after the end')
    else if (!stream.mayTake(bytes)) stream.makeVoid(ErrorCode.flowControl, 'too much DATA')
    else this.#dataStream = stream
  }

  onData(bytes: Buffer): void {
    this.#dataStream?.takeData(bytes)
  }

  onDataEnd(content: number, endsStream: boolean): void {
    this.#dataStream?.dataEnded(this.#dataBytes - content, endsStream)
    this.#dataStream = undefined // nothing of it is kept
    if (content === 0 && !endsStream) this.#owner.floods.useless()
  }

  // ---- what steers

  onReset(id: number): void {
    const { streams } = this.#owner
    if (id > streams.lastId) {
      this.#onIdle(id)
      return
    }
    const stream = streams.find(id)
    if (stream === undefined) {
      this.onOther()
      return
    }
    stream.gone('byPeer', new Fault('CLIENT_GONE'))
    this.#owner.floods.reset()
  }

  onSettings(payload: Buffer, start: number, end: number): void {
    const { writer, encoder, bodies, floods } = this.#owner
    const before = this.#peer.initialWindow
    const error = this.#peer.take(payload, start, end)
    if (error !== ErrorCode.none) {
      this.onBroken(error, 'a setting that cannot be')
      return
    }
    encoder.limitTable(this.#peer.headerTableBytes)
    const isTooLarge = !this.#shiftWindows(this.#peer.initialWindow - before)
    if (isTooLarge) {
      this.onBroken(ErrorCode.flowControl, 'a window too large')
      return
    }
    bodies.sendHeld()
    writer.settingsAck()
    floods.settings()
  }

  /** Of all streams. False when one is larger then than it can be. */
  #shiftWindows(by: number): boolean {
    let isRight = true
    for (const { out } of this.#owner.streams.open) {
      out.window += by
      if (out.window > MAX_WINDOW) isRight = false
    }
    return isRight
  }

  onSettingsAck(): void {
    this.#owner.settingsHeard()
  }

  onPing(payload: Buffer, start: number, isAck: boolean): void {
    if (isAck) this.#owner.pingCameBack(payload, start)
    else this.#owner.writer.ping(payload, start, true)
    this.#owner.floods.ping()
  }

  onGoaway(): void {
    this.#owner.clientLeaves()
  }

  onWindowUpdate(id: number, increment: number): void {
    const { bodies, streams } = this.#owner
    if (id === 0) {
      if (increment === 0) this.onBroken(ErrorCode.protocol, 'a window made no larger')
      else if (!bodies.widen(increment)) this.onBroken(ErrorCode.flowControl, 'a window too large')
    } else if (id > streams.lastId) this.#onIdle(id)
    else this.#widen(streams.find(id), increment)
    this.onOther()
  }

  #widen(stream: ServerStream | undefined, increment: number): void {
    if (stream === undefined) return
    if (increment === 0) {
      stream.makeVoid(ErrorCode.protocol, 'a window made no larger')
      return
    }
    stream.out.window += increment
    if (stream.out.window > MAX_WINDOW) stream.makeVoid(ErrorCode.flowControl, 'a window too large')
    else if (stream.out.isHeld) this.#owner.bodies.sendHeld()
  }

  onOther(): void {
    this.#owner.floods.steering()
  }

  /** Begun when the client should have known that it would not be heard. */
  #isUnheard(id: number): boolean {
    return this.#owner.isDeaf && id > this.#owner.streams.lastId
  }

  // ---- what ends the connection

  #onIdle(id: number): void {
    if (!this.#isUnheard(id)) this.onBroken(ErrorCode.protocol, 'a stream that is not begun')
  }

  onBroken(code: number, why: string): void {
    this.#owner.breakOff(code, why)
  }
}
