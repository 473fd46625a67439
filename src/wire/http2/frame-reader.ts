/** Bytes in, as they come; frames out, each checked by what can be known of it alone. The same for both sides. */

import { ErrorCode, Flag, FRAME_HEAD_BYTES, FrameType, MAX_WINDOW } from '#wire/http2/frames'
import { headError } from '#wire/http2/frame-rules'
import { HeaderBlock } from '#wire/http2/header-block'

/** Who takes what was read. Bytes are valid only during the call. */
export interface FrameTaker {
  /** A whole header block, with all its CONTINUATION. */
  onHeaders(stream: number, endsStream: boolean, block: Buffer, start: number, end: number): void
  /** A DATA frame begins; `bytes` counts against the windows, padding too. */
  onDataHead(stream: number, bytes: number): void
  onData(bytes: Buffer): void
  /** `content`: how many bytes of it were no padding. */
  onDataEnd(content: number, endsStream: boolean): void
  onReset(stream: number): void
  onSettings(payload: Buffer, start: number, end: number): void
  onSettingsAck(): void
  onPing(payload: Buffer, start: number, isAck: boolean): void
  onGoaway(): void
  onWindowUpdate(stream: number, increment: number): void
  /** A frame that says nothing to us. */
  onOther(): void
  /** Nothing can be read any more. */
  onBroken(code: number, why: string): void
}

const STREAM_BITS = 0x7fff_ffff

export class FrameReader {
  readonly #taker: FrameTaker
  readonly #block: HeaderBlock
  #stopped = false
  #settingsCame = false
  /** Header blocks read so far. */
  #heads = 0
  /** The beginning of a frame that is not all there. */
  #held: Buffer | undefined = undefined
  #heldBytes = 0
  /** Of the DATA frame being read: what is to come of its content and its padding. */
  #inData = false
  #padLengthDue = false
  #contentLeft = 0
  #paddingLeft = 0
  #content = 0
  #dataEndsStream = false

  constructor(taker: FrameTaker, maxBlockBytes: number) {
    this.#taker = taker
    this.#block = new HeaderBlock(maxBlockBytes)
  }

  /** The number of the header block that is begun and not whole; 0 when there is none. */
  get unfinishedHead(): number {
    const isInHead =
      this.#block.stream > 0 || (this.#heldBytes > 3 && this.#held![3] === FrameType.headers)
    return isInHead ? this.#heads + 1 : 0
  }

  /** Nothing more is read, also of what is just being read. */
  stop(): void {
    this.#stopped = true
    this.#held = undefined
    this.#heldBytes = 0
    this.#block.end()
  }

  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && !this.#stopped) {
      if (this.#inData) at = this.#readData(bytes, at)
      else if (this.#held !== undefined) at = this.#fillHeld(bytes, at)
      else at = this.#readFrame(bytes, at)
    }
  }

  /** Returns the offset behind it; what is not whole is held. */
  #readFrame(bytes: Buffer, at: number): number {
    if (bytes.length - at < FRAME_HEAD_BYTES) return this.#hold(bytes, at, FRAME_HEAD_BYTES)
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    const type = bytes[at + 3]!
    const flags = bytes[at + 4]!
    const stream = bytes.readUInt32BE(at + 5) & STREAM_BITS
    if (!this.#mayCome(type, flags, stream, length)) return bytes.length
    const start = at + FRAME_HEAD_BYTES
    if (type === FrameType.data) {
      this.#beginData(flags, stream, length)
      return start
    }
    const end = start + length
    if (end > bytes.length) return this.#hold(bytes, at, FRAME_HEAD_BYTES + length)
    this.#take(type, flags, stream, bytes, start, end)
    return end
  }

  #mayCome(type: number, flags: number, stream: number, length: number): boolean {
    const { stream: open } = this.#block
    if (open > 0 && (type !== FrameType.continuation || stream !== open))
      return this.#break(ErrorCode.protocol, 'a header block is interrupted')
    if (open === 0 && type === FrameType.continuation)
      return this.#break(ErrorCode.protocol, 'CONTINUATION of nothing')
    if (!this.#settingsCame && (type !== FrameType.settings || (flags & Flag.ack) !== 0))
      return this.#break(ErrorCode.protocol, 'it does not begin with SETTINGS')
    const error = headError(type, flags, stream, length)
    return error === ErrorCode.none || this.#break(error, 'a frame that cannot be')
  }

  #break(code: number, why: string): false {
    this.stop()
    this.#taker.onBroken(code, why)
    return false
  }

  // ---- a frame in several pieces

  #hold(bytes: Buffer, at: number, whole: number): number {
    this.#held = Buffer.allocUnsafe(whole)
    this.#heldBytes = bytes.copy(this.#held, 0, at)
    return bytes.length
  }

  #fillHeld(bytes: Buffer, at: number): number {
    const held = this.#held!
    const took = bytes.copy(held, this.#heldBytes, at)
    this.#heldBytes += took
    if (this.#heldBytes === held.length) {
      this.#held = undefined
      this.#heldBytes = 0
      this.#readFrame(held, 0)
    }
    return at + took
  }

  // ---- DATA, in pieces as it comes

  #beginData(flags: number, stream: number, length: number): void {
    this.#inData = true
    this.#padLengthDue = (flags & Flag.padded) !== 0
    this.#dataEndsStream = (flags & Flag.endStream) !== 0
    this.#contentLeft = length
    this.#paddingLeft = this.#content = 0
    if (this.#padLengthDue && length === 0) {
      this.#break(ErrorCode.frameSize, 'no room for the length of its padding')
      return
    }
    this.#taker.onDataHead(stream, length)
    this.#endDataIfWhole()
  }

  #readData(bytes: Buffer, at: number): number {
    if (this.#padLengthDue) {
      this.#padLengthDue = false
      this.#paddingLeft = bytes[at]!
      this.#contentLeft -= this.#paddingLeft + 1
      if (this.#contentLeft < 0) this.#break(ErrorCode.protocol, 'more padding than payload')
      else this.#endDataIfWhole()
      return at + 1
    }
    const end = Math.min(bytes.length, at + (this.#contentLeft || this.#paddingLeft))
    if (this.#contentLeft > 0) {
      this.#contentLeft -= end - at
      this.#content += end - at
      this.#taker.onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    } else this.#paddingLeft -= end - at
    this.#endDataIfWhole()
    return end
  }

  #endDataIfWhole(): void {
    if (this.#padLengthDue || this.#contentLeft > 0 || this.#paddingLeft > 0) return
    this.#inData = false
    if (!this.#stopped) this.#taker.onDataEnd(this.#content, this.#dataEndsStream)
  }

  // ---- the other frames, whole

  #take(
    type: number,
    flags: number,
    stream: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const taker = this.#taker
    switch (type) {
      case FrameType.headers:
        return this.#takeHeaders(flags, stream, bytes, start, end)
      case FrameType.continuation:
        return this.#takeBlock(flags, bytes, start, end)
      case FrameType.reset:
        return taker.onReset(stream)
      case FrameType.settings:
        this.#settingsCame = true
        if ((flags & Flag.ack) !== 0) return taker.onSettingsAck()
        return taker.onSettings(bytes, start, end)
      case FrameType.ping:
        return taker.onPing(bytes, start, (flags & Flag.ack) !== 0)
      case FrameType.goaway:
        return taker.onGoaway()
      case FrameType.windowUpdate:
        return taker.onWindowUpdate(stream, bytes.readUInt32BE(start) & MAX_WINDOW)
      default:
        return taker.onOther()
    }
  }

  #takeHeaders(flags: number, stream: number, bytes: Buffer, start: number, end: number): void {
    if ((flags & Flag.padded) !== 0) end -= start < end ? bytes[start++]! : 1
    if ((flags & Flag.priority) !== 0) start += 5
    if (start > end) {
      this.#break(ErrorCode.protocol, 'more padding than payload')
      return
    }
    const endsStream = (flags & Flag.endStream) !== 0
    if ((flags & Flag.endHeaders) !== 0) {
      this.#heads++
      this.#taker.onHeaders(stream, endsStream, bytes, start, end)
      return
    }
    this.#block.begin(stream, endsStream)
    this.#takeBlock(flags, bytes, start, end)
  }

  #takeBlock(flags: number, bytes: Buffer, start: number, end: number): void {
    const block = this.#block
    if (!block.add(bytes, start, end)) {
      this.#break(ErrorCode.enhanceYourCalm, 'a header block without end')
      return
    }
    if ((flags & Flag.endHeaders) === 0) return
    const { stream, endsStream, bytes: whole, length } = block
    block.end()
    this.#heads++
    this.#taker.onHeaders(stream, endsStream, whole, 0, length)
  }
}
