/** Rates as people write them: "100/s", "600/min", "3/10s", "1000000/month". */

import { DURATION_PATTERN, parseDuration } from '#base/duration'
import { readText } from '#sdk/read-text'

export interface RateText {
  readonly limit: number
  /** Of a month: thirty days. */
  readonly periodMs: number
  /** A day, a week or a month that begins where a calendar has it, where that is asked for. */
  readonly unit: 'day' | 'week' | 'month' | undefined
}

const DAY_MS = 86_400_000

const UNITS: Readonly<Record<string, Omit<RateText, 'limit'>>> = {
  s: { periodMs: 1_000, unit: undefined },
  min: { periodMs: 60_000, unit: undefined },
  h: { periodMs: 3_600_000, unit: undefined },
  day: { periodMs: DAY_MS, unit: 'day' },
  week: { periodMs: DAY_MS * 7, unit: 'week' },
  month: { periodMs: DAY_MS * 30, unit: 'month' },
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  sec: 's',
  second: 's',
  m: 'min',
  minute: 'min',
  hour: 'h',
  d: 'day',
}

const HINT = 'expected a rate such as 100/s, 600/min, 3/10s or 1000/day'

/** Or what is wrong with the text. */
export function parseRate(text: string): RateText | string {
  const [, digits, per] = /^(\d{1,12})\/([\w.]+)$/.exec(text) ?? []
  if (digits === undefined || per === undefined) return HINT
  const limit = Number(digits)
  if (limit === 0)
    return 'expected a rate of 1 or more; `ip: { deny }` and `methods` are how to refuse all'
  const named = Object.hasOwn(OTHER_NAMES, per) ? OTHER_NAMES[per]! : per
  if (Object.hasOwn(UNITS, named)) return { limit, ...UNITS[named]! }
  const periodMs = DURATION_PATTERN.test(per) ? parseDuration(per) : undefined
  return periodMs === undefined || periodMs === 0 ? HINT : { limit, periodMs, unit: undefined }
}

/** The option word for it. */
export const rate = () => readText(parseRate)
