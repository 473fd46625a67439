/** The arithmetic of rates: a counter's three numbers before and after a charge. Nothing here waits or keeps anything. */

import type { Rate, Standing } from '#sdk/index'

/** What they mean is the algorithm's. All zero: never charged. */
export interface State {
  a: number
  b: number
  c: number
}

export interface Decision extends Standing {
  /** When charged. It means nothing any more `resetMs` later. */
  readonly charged: State
  /** Milliseconds until `charged` means nothing any more. */
  readonly keepMs: number
  /** Of one that is refused: what was found cannot be, as the time of day was put back; this is to stand in its place. */
  readonly corrected?: { readonly state: State; readonly keepMs: number } | undefined
}

/** Times are read to the millisecond, and sums of fractions are a little off. */
const OFF_MS = 0.001

/** `state` as it was found, `now` in the milliseconds that all who share it read. `isSpent`: it passes, whatever stands. */
export function decide(
  rate: Rate,
  cost: number,
  state: State,
  now: number,
  isSpent = false,
): Decision {
  switch (rate.algorithm) {
    case 'gcra':
      return decideGcra(rate, cost, state, now, isSpent)
    case 'calendar':
      return decideCount(rate.limit, cost, state.b, rate.endsAt - now, isSpent)
    case 'concurrency':
      return decideCount(rate.limit, cost, state.b, rate.leaseMs, isSpent)
    case 'fixedWindow':
    case 'slidingWindow':
      return decideWindow(rate, cost, state, now, isSpent)
  }
}

type Gcra = Extract<Rate, { algorithm: 'gcra' }>
type Window = Extract<Rate, { algorithm: 'fixedWindow' | 'slidingWindow' }>

/**
 * `a` is when the counter is as good as new: each unit moves it on, and it may be `burst` units ahead. `b` is how far
 * ahead it was when more than that had been spent.
 */
function decideGcra(
  { limit, periodMs, burst }: Gcra,
  cost: number,
  { a, b }: State,
  now: number,
  isSpent: boolean,
): Decision {
  const unitMs = periodMs / limit
  const aheadMs = burst * unitMs
  // No further ahead than it can be: the time of day may have been put back.
  const most = now + Math.max(aheadMs, b)
  const before = Math.min(Math.max(a, now), most)
  const after = Math.max(before + cost * unitMs, now)
  const lateMs = after - aheadMs - now
  const passes = isSpent || lateMs <= OFF_MS
  const end = passes ? after : before
  return {
    passes,
    remaining: Math.max(0, Math.floor((aheadMs - (end - now) + OFF_MS) / unitMs)),
    resetMs: end - now,
    retryMs: passes ? 0 : cost > burst ? Infinity : lateMs,
    charged: { a: after, b: lateMs > OFF_MS ? after - now : 0, c: 0 },
    keepMs: after - now,
    corrected:
      a > most + OFF_MS ? { state: { a: before, b, c: 0 }, keepMs: before - now } : undefined,
  }
}

/** `b` is what was counted. */
function decideCount(
  limit: number,
  cost: number,
  counted: number,
  leftMs: number,
  isSpent: boolean,
): Decision {
  const passes = isSpent || counted + cost <= limit
  const total = Math.max(0, counted + cost)
  return {
    passes,
    remaining: Math.max(0, Math.floor(limit - (passes ? total : counted))),
    resetMs: leftMs,
    retryMs: passes ? 0 : cost > limit ? Infinity : leftMs,
    charged: { a: 0, b: total, c: 0 },
    keepMs: leftMs,
  }
}

/** `a` is the window's number, `b` what was counted in it, `c` what in the one before. */
function decideWindow(
  rate: Window,
  cost: number,
  state: State,
  now: number,
  isSpent: boolean,
): Decision {
  const { limit, periodMs, algorithm } = rate
  const slides = algorithm === 'slidingWindow'
  const number = Math.floor(now / periodMs)
  const spentMs = now - number * periodMs
  const leftMs = periodMs - spentMs
  const counted = state.a === number ? state.b : 0
  const last = !slides ? 0 : state.a === number ? state.c : state.a === number - 1 ? state.b : 0
  const used = counted + (last * leftMs) / periodMs
  const passes = isSpent || used + cost <= limit
  const total = Math.max(0, counted + (passes ? cost : 0))
  return {
    passes,
    remaining: Math.max(0, Math.floor(limit - used - (passes ? cost : 0))),
    resetMs: total > 0 && slides ? leftMs + periodMs : leftMs,
    retryMs: passes ? 0 : cost > limit ? Infinity : slides ? untilSlid(counted, last) : leftMs,
    charged: { a: number, b: Math.max(0, counted + cost), c: last },
    keepMs: slides ? leftMs + periodMs : leftMs,
  }

  /** What was counted weighs less and less: within this window that of the last, in the next that of this. */
  function untilSlid(here: number, before: number): number {
    const room = limit - cost
    if (here <= room) return leftMs - ((room - here) / before) * periodMs
    return leftMs + (1 - room / here) * periodMs
  }
}
