/** Time as a dependency, so that tests can hold it still. */

import { performance } from 'node:perf_hooks' // the global is a getter, and costs more than the call

export interface Clock {
  /** Milliseconds since some fixed point; only ever grows. For durations, limits and deadlines. */
  now(): number
  /** Milliseconds since 1970 (UTC). For what people and protocols read. */
  wall(): number
  /** As `now`, but from a point that is the same for all threads of the process. */
  shared(): number
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  shared() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  },
}

/** A clock that stands still until told. */
export class FakeClock implements Clock {
  time = 0
  readonly #epoch = 1_700_000_000_000

  now(): number {
    return this.time
  }

  wall(): number {
    return this.#epoch + this.time
  }

  shared(): number {
    return this.time
  }

  advance(ms: number): void {
    this.time += ms
  }
}
