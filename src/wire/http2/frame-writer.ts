/** Frames out, gathered in one buffer until all that came in the same turn is read, then written at once. The same for both sides. */

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { giveBack, PIECE_BYTES, takePiece } from '#wire/spare-pieces'
import { Flag, FRAME_HEAD_BYTES, FrameType, MAX_PAYLOAD_BYTES } from '#wire/http2/frames'
import { atTurnEnd, type TurnTaker } from '#wire/http2/turn-end'

export interface WriterOwner {
  /** The peer reads again. */
  onWritable(): void
}

export class FrameWriter implements TurnTaker {
  /** Whether the peer does not read as fast as it is written to: then no DATA should be. */
  stalled = false
  /** Of DATA, so far. */
  dataFrames = 0
  readonly #owner: WriterOwner
  readonly #socket: Socket
  readonly #isSecure: boolean
  #slab: Buffer | undefined = undefined
  #end = 0
  #isQueued = false
  /** Of the DATA frame that was written last, while nothing stands behind it. */
  #lastFlagsAt = -1
  #lastStream = 0

  constructor(owner: WriterOwner, socket: Socket) {
    this.#owner = owner
    this.#socket = socket
    this.#isSecure = socket instanceof TLSSocket
    socket.on('drain', () => this.#onDrain())
  }

  /** Bytes that the socket has not taken. */
  get backlog(): number {
    return this.#end + this.#socket.writableLength
  }

  /** `block` is text of one character for each byte. */
  headers(stream: number, block: string, endsStream: boolean): void {
    let flags: number = endsStream ? Flag.endStream : 0
    let type: number = FrameType.headers
    let rest = block
    while (rest.length > MAX_PAYLOAD_BYTES) {
      this.#text(type, flags, stream, rest.slice(0, MAX_PAYLOAD_BYTES))
      rest = rest.slice(MAX_PAYLOAD_BYTES)
      type = FrameType.continuation
      flags = 0
    }
    this.#text(type, flags | Flag.endHeaders, stream, rest)
  }

  /** At most `MAX_PAYLOAD_BYTES`. */
  data(stream: number, bytes: Buffer, start: number, end: number, endsStream: boolean): void {
    this.dataFrames++
    const flags = endsStream ? Flag.endStream : 0
    const at = this.#frame(FrameType.data, flags, stream, end - start)
    bytes.copy(this.#slab!, at, start, end)
    this.#lastFlagsAt = at - FRAME_HEAD_BYTES + 4
    this.#lastStream = stream
  }

  /** Ends a stream whose DATA is written: with the last of it, when that has not left. */
  endData(stream: number): void {
    if (this.#lastFlagsAt >= 0 && this.#lastStream === stream)
      this.#slab![this.#lastFlagsAt] = Flag.endStream
    else this.#frame(FrameType.data, Flag.endStream, stream, 0)
  }

  reset(stream: number, code: number): void {
    this.#number(FrameType.reset, stream, code)
  }

  windowUpdate(stream: number, increment: number): void {
    this.#number(FrameType.windowUpdate, stream, increment)
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    let at = this.#frame(FrameType.settings, 0, 0, settings.length * 6)
    for (const [id, value] of settings) {
      at = this.#slab!.writeUInt16BE(id, at)
      at = this.#slab!.writeUInt32BE(value, at)
    }
  }

  settingsAck(): void {
    this.#frame(FrameType.settings, Flag.ack, 0, 0)
  }

  /** Eight bytes from `start` on. */
  ping(payload: Buffer, start: number, isAck: boolean): void {
    const at = this.#frame(FrameType.ping, isAck ? Flag.ack : 0, 0, 8)
    payload.copy(this.#slab!, at, start, start + 8)
  }

  goaway(lastStream: number, code: number, why: string): void {
    const at = this.#frame(FrameType.goaway, 0, 0, 8 + why.length)
    this.#slab!.writeUInt32BE(lastStream, at)
    this.#slab!.writeUInt32BE(code, at + 4)
    this.#slab!.write(why, at + 8, 'latin1')
  }

  onTurnEnd(): void {
    this.#isQueued = false
    if (!this.stalled) this.flush()
  }

  flush(): void {
    const slab = this.#slab
    if (slab === undefined) return
    const written = slab.subarray(0, this.#end)
    this.#slab = undefined
    this.#end = 0
    this.#lastFlagsAt = -1
    const socket = this.#socket
    if (!socket.writable) return
    const goesOutNow = socket.writableLength === 0
    const hasRoom = socket.write(written)
    // TLS has read it when the call returns; else it is read when nothing waits. What waits keeps its buffer.
    if (goesOutNow && (this.#isSecure || socket.writableLength === 0)) giveBack(slab)
    if (!hasRoom && socket.writableLength > 0) this.stalled = true
  }

  #onDrain(): void {
    if (!this.stalled) return
    this.stalled = false
    this.flush()
    this.#owner.onWritable()
  }

  #number(type: number, stream: number, value: number): void {
    const at = this.#frame(type, 0, stream, 4)
    this.#slab!.writeUInt32BE(value, at)
  }

  #text(type: number, flags: number, stream: number, text: string): void {
    const at = this.#frame(type, flags, stream, text.length)
    this.#slab!.write(text, at, 'latin1')
  }

  /** Writes the head of a frame, and makes room for its payload. Returns where that begins. */
  #frame(type: number, flags: number, stream: number, length: number): number {
    if (this.#end + FRAME_HEAD_BYTES + length > PIECE_BYTES) this.flush()
    const slab = (this.#slab ??= takePiece())
    if (!this.#isQueued) {
      this.#isQueued = true
      atTurnEnd(this)
    }
    const at = this.#end
    slab[at] = length >> 16
    slab[at + 1] = length >> 8
    slab[at + 2] = length
    slab[at + 3] = type
    slab[at + 4] = flags
    slab[at + 5] = stream >> 24
    slab[at + 6] = stream >> 16
    slab[at + 7] = stream >> 8
    slab[at + 8] = stream
    this.#end = at + FRAME_HEAD_BYTES + length
    this.#lastFlagsAt = -1
    return at + FRAME_HEAD_BYTES
  }
}
