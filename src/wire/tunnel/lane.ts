/** One direction of a tunnel: bytes from one end to the other, as fast as that takes them. */

import type { Link, LinkTaker } from '#sdk/link'
import { FrameFollower } from '#wire/tunnel/frame-follower'

/** The tunnel that it is a lane of. */
export interface LaneOwner {
  onMoved(lane: Lane, bytes: number): void
  /** Its source sends no more. */
  onEnd(lane: Lane): void
  /** Its source is gone. */
  onClosed(lane: Lane): void
  /** While the tunnel is being closed: a Close frame went by, or was put in. */
  onClose(): void
}

export class Lane implements LinkTaker {
  bytes = 0
  /** Whether a Close frame was put in: nothing follows it. */
  saidClose = false
  /** Whether nothing more comes from its source. */
  hasEnded = false
  isClosed = false
  readonly from: Link
  readonly to: Link
  readonly #owner: LaneOwner
  readonly #frames = new FrameFollower()
  /** Put in at the next end of a frame. */
  #closeFrame: Buffer | undefined = undefined

  constructor(from: Link, to: Link, owner: LaneOwner) {
    this.from = from
    this.to = to
    this.#owner = owner
  }

  /** Whether the source said that it closes. */
  get sawClose(): boolean {
    return this.#frames.sawClose
  }

  onBytes(bytes: Buffer): void {
    if (this.#closeFrame !== undefined) this.#passRest(bytes)
    else {
      this.#frames.follow(bytes)
      this.#pass(bytes)
    }
  }

  /** Says goodbye at the next end of a frame, unless the source has. What comes after it is dropped. */
  sayClose(frame: Buffer): void {
    this.#closeFrame = frame
    if (this.#frames.isBetweenFrames) this.#say(frame)
  }

  #passRest(bytes: Buffer): void {
    let at = 0
    if (!this.saidClose) {
      at = this.#frames.follow(bytes, true)
      if (at > 0) this.#pass(bytes.subarray(0, at))
      if (this.#frames.isBetweenFrames) this.#say(this.#closeFrame!)
    }
    if (at < bytes.length) this.#frames.follow(bytes.subarray(at))
    this.#owner.onClose()
  }

  #say(frame: Buffer): void {
    if (!this.#frames.sawClose) this.to.write(frame)
    this.saidClose = true
    this.from.resume() // the answer is to be heard
  }

  #pass(bytes: Buffer): void {
    this.bytes += bytes.length
    this.#owner.onMoved(this, bytes.length)
    if (!this.to.write(bytes)) this.from.pause()
  }

  /** Its source has room again: whoever sends there may go on. */
  onDrained(): void {
    this.to.resume()
  }

  onEnd(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.#owner.onEnd(this)
  }

  onClosed(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#owner.onClosed(this)
  }
}
