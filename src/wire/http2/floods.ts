/** What a peer may make an HTTP/2 connection do for nothing. */

/** Pings and settings, each to be answered (RFC 9113 §10.5). */
export const MAX_CONTROL_FRAMES = 100

/** Requests given up, or made void, before they were answered: cheap to begin, dear to serve. */
export const MAX_RESETS = 200

/** DATA without a byte, streams beyond those allowed. */
export const MAX_USELESS_FRAMES = 100

const FLOOD_WINDOW_MS = 10_000

/** Counts what happens within a window of time, without a timer. */
export class Flood {
  readonly #most: number
  #count = 0
  #until = 0

  constructor(most: number) {
    this.#most = most
  }

  /** True when that was one too many. */
  add(nowMs: number): boolean {
    if (nowMs >= this.#until) {
      this.#until = nowMs + FLOOD_WINDOW_MS
      this.#count = 0
    }
    return ++this.#count > this.#most
  }
}

/** Frames that steer: windows, priorities and what is unknown. So many are free, and so many more for each request and each piece sent. */
const FREE_STEERING_FRAMES = 1_000
const STEERING_FRAMES_EACH = 10

export function isTooMuchSteering(frames: number, served: number): boolean {
  return frames > FREE_STEERING_FRAMES + STEERING_FRAMES_EACH * served
}
