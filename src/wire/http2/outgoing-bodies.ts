/** The bodies that go out on one connection: as fast as the peer's windows and its socket take them, in turn when they do not. The same for both sides. */

import { INITIAL_WINDOW, MAX_PAYLOAD_BYTES, MAX_WINDOW } from '#wire/http2/frames'
import type { FrameWriter } from '#wire/http2/frame-writer'

export interface BodyOwner {
  /** All that was held is sent. */
  onSent(): void
  /** Some of it is, and some is not. */
  onSomeSent(bytes: number): void
}

/** What waits on one stream. */
export class OutgoingBody {
  readonly stream: number
  /** How much the peer takes on this stream; below 0 after it has made its windows smaller. */
  window: number
  /** Whether the last byte held is the last of the body. */
  isLast = false
  readonly owner: BodyOwner
  /** For OutgoingBodies: its place among those that wait; -1 when nothing is held. */
  place = -1
  readonly held: Buffer[] = []
  /** Of the first that is held, how much is sent. */
  sentOfFirst = 0

  constructor(stream: number, window: number, owner: BodyOwner) {
    this.stream = stream
    this.window = window
    this.owner = owner
  }

  get isHeld(): boolean {
    return this.place >= 0
  }
}

export class OutgoingBodies {
  readonly #writer: FrameWriter
  #window = INITIAL_WINDOW
  /** Those that hold something. */
  readonly #waiting: OutgoingBody[] = []
  #next = 0

  constructor(writer: FrameWriter) {
    this.#writer = writer
  }

  /** Sends a piece, or holds what cannot be sent now: then it returns false, and the owner is told when it is. */
  send(body: OutgoingBody, bytes: Buffer, isLast: boolean): boolean {
    let at = 0
    if (!body.isHeld)
      while (at < bytes.length) {
        const sent = this.#sendSome(body, bytes, at, isLast)
        if (sent === 0) break
        at += sent
      }
    if (at === bytes.length) return true
    body.held.push(Buffer.from(bytes.subarray(at))) // the bytes are the giver's again when this call returns
    body.isLast = isLast
    if (!body.isHeld) body.place = this.#waiting.push(body) - 1
    return false
  }

  /** What is held is not wanted any more. */
  drop(body: OutgoingBody): void {
    if (!body.isHeld) return
    body.held.length = 0
    this.#leave(body)
  }

  /** False when that is more than a window can be. */
  widen(by: number): boolean {
    this.#window += by
    if (this.#window > MAX_WINDOW) return false
    this.sendHeld()
    return true
  }

  /** Sends of what is held as much as it may: a frame of each in turn. */
  sendHeld(): void {
    let passed = 0 // in a row, that could send nothing
    while (passed < this.#waiting.length && this.#window > 0 && !this.#writer.stalled) {
      if (this.#next >= this.#waiting.length) this.#next = 0
      const body = this.#waiting[this.#next]!
      passed = this.#sendHeldOf(body) ? 0 : passed + 1
      if (body.isHeld) this.#next++
    }
  }

  #sendHeldOf(body: OutgoingBody): boolean {
    const [first] = body.held
    const isLast = body.isLast && body.held.length === 1
    const sent = this.#sendSome(body, first!, body.sentOfFirst, isLast)
    if (sent === 0) return false
    body.sentOfFirst += sent
    if (body.sentOfFirst === first!.length) {
      body.held.shift()
      body.sentOfFirst = 0
    }
    if (body.held.length > 0) body.owner.onSomeSent(sent)
    else {
      this.#leave(body)
      body.owner.onSent()
    }
    return true
  }

  /** A frame at most. Returns how many bytes that was. */
  #sendSome(body: OutgoingBody, bytes: Buffer, at: number, isLast: boolean): number {
    if (this.#writer.stalled) return 0
    const most = Math.min(body.window, this.#window, MAX_PAYLOAD_BYTES, bytes.length - at)
    if (most <= 0) return 0
    body.window -= most
    this.#window -= most
    const end = at + most
    this.#writer.data(body.stream, bytes, at, end, isLast && end === bytes.length)
    return most
  }

  #leave(body: OutgoingBody): void {
    const last = this.#waiting.pop()!
    if (last !== body) {
      this.#waiting[body.place] = last
      last.place = body.place
    }
    body.place = -1
    body.sentOfFirst = 0
  }
}
