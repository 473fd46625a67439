/** The time of day as text, made a few times a second and read by every request. */

import type { Clock } from '#base/clock'

export class CoarseTime {
  /** ISO 8601 in UTC, to the millisecond. */
  iso = ''
  /** A Date field's value (RFC 9110 §5.6.7). */
  http = ''
  readonly #clock: Clock
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.refresh()
  }

  run(everyMs: number): void {
    this.#timer = setInterval(() => this.refresh(), everyMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  refresh(): void {
    const date = new Date(this.#clock.wall())
    this.iso = date.toISOString()
    this.http = date.toUTCString()
  }
}
