/** Refuses a share of the requests while the event loop runs late, so that the others are served in time. */

import { HeaderList } from '#http/header-list'
import { Fault } from '#sdk/fault'
import { type Reply, replyToFault } from '#sdk/reply'

/** Timers are that much late by themselves. */
const NOISE_MS = 5
/** What is late counts for about so long: one slow turn is no overload. */
const SMOOTHING_MS = 250
/** Levels for each second in which the loop is twice as late as it may be; three times as late counts as no worse. */
const RISE = 1
const WORST = 3
/** Levels for each second in which it is less than half as late as it may be. In between the level stays. */
const FALL = 0.5
const MAX_LEVEL = 3
/** However long a turn took, it is not taken for more than this much of a second. */
const MAX_STEP_MS = 500

export class Overload {
  /** Milliseconds; Infinity sheds nothing. */
  maxLagMs = Infinity
  /** 0: nothing is shed. Up to 1: that share of the lowest class; up to 2: all of it, and that share of the next; and so on. */
  level = 0
  /** How late the loop ran of late, in milliseconds. */
  lagMs = 0
  readonly #tickMs: number
  readonly #onChange: (isShedding: boolean) => void
  #lookedAt: number

  /** `tickMs`: how often it is to look. */
  constructor(tickMs: number, now: number, onChange: (isShedding: boolean) => void = () => {}) {
    this.#tickMs = tickMs
    this.#lookedAt = now
    this.#onChange = onChange
  }

  /** Called on each tick; what comes late was kept by the loop. Returns by how much. */
  look(now: number): number {
    const gap = now - this.#lookedAt
    this.#lookedAt = now
    const late = gap < this.#tickMs + NOISE_MS ? 0 : gap - this.#tickMs
    this.lagMs += (late - this.lagMs) * (1 - Math.exp(-gap / SMOOTHING_MS))
    const before = this.level
    this.level = this.#next(Math.min(gap, MAX_STEP_MS) / 1_000)
    if (before > 0 !== this.level > 0) this.#onChange(this.level > 0)
    return late
  }

  #next(seconds: number): number {
    const excess = Math.min(this.lagMs / this.maxLagMs, WORST) - 1
    if (excess > 0) return Math.min(MAX_LEVEL, this.level + excess * RISE * seconds)
    return excess > -0.5 ? this.level : Math.max(0, this.level - FALL * seconds)
  }

  /** Whether this one request of a class that may be shed is. */
  sheds(from: number): boolean {
    return Math.random() < this.level - from
  }
}

/** When to come again differs from one client to the next, so that they do not come all at once. */
export function overloaded(): Reply {
  const seconds = 1 + Math.floor(Math.random() * 5)
  return replyToFault(new Fault('OVERLOADED'), new HeaderList(['retry-after', String(seconds)]))
}
