/** What a peer may make an HTTP/2 connection do for nothing. */

/** Settings, and pings between which nothing was served; each to be answered (RFC 9113 §10.5). */
const MAX_CONTROL_FRAMES = 100

/** Requests given up, or made void, before they were answered: cheap to begin, dear to serve. */
const MAX_RESETS = 200

/** DATA without a byte, streams beyond those allowed. */
const MAX_USELESS_FRAMES = 100

/** Frames that steer: windows, priorities and what is unknown. So many are free, and so many more for each thing served. */
const FREE_STEERING_FRAMES = 1_000
const STEERING_FRAMES_EACH = 10

const FLOOD_WINDOW_MS = 10_000

/** Counts what happens within a window of time, without a timer. */
class Flood {
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

/** The connection that is counted for. */
export interface FloodOwner {
  now(): number
  /** Requests begun and pieces of DATA sent so far. */
  readonly served: number
  onFlood(): void
}

export class Floods {
  readonly #owner: FloodOwner
  readonly #resets = new Flood(MAX_RESETS)
  readonly #controls = new Flood(MAX_CONTROL_FRAMES)
  readonly #useless = new Flood(MAX_USELESS_FRAMES)
  #steering = 0
  #servedAtPing = 0

  constructor(owner: FloodOwner) {
    this.#owner = owner
  }

  reset(): void {
    this.#count(this.#resets)
  }

  settings(): void {
    this.#count(this.#controls)
  }

  /** Some clients measure by pings how fast DATA comes: those are as many as what is served. */
  ping(): void {
    const { served } = this.#owner
    if (served === this.#servedAtPing) this.#count(this.#controls)
    else this.steering()
    this.#servedAtPing = served
  }

  useless(): void {
    this.#count(this.#useless)
  }

  steering(): void {
    const most = FREE_STEERING_FRAMES + STEERING_FRAMES_EACH * this.#owner.served
    if (++this.#steering > most) this.#owner.onFlood()
  }

  #count(flood: Flood): void {
    if (flood.add(this.#owner.now())) this.#owner.onFlood()
  }
}
