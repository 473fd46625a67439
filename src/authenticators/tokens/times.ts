/** From when and until when a token holds (RFC 7519 §4.1.4–6). */

import type { JsonObject } from './json-object.ts'

/** By the wall clock, in milliseconds since 1970. */
export interface Times {
  readonly fromMs: number
  /** Infinity: for as long as whoever issued it says so. */
  readonly untilMs: number
}

/** Or what is wrong with them. What was issued later than now does not hold yet. */
export function readTimes(
  { exp, nbf, iat }: JsonObject,
  { mustEnd }: { readonly mustEnd: boolean },
): Times | string {
  if (exp === undefined && mustEnd) return 'it has no exp'
  for (const [name, value] of Object.entries({ exp, nbf, iat }))
    if (value !== undefined && !isDate(value)) return `its ${name} is not a date`
  return {
    fromMs: Math.max(Number(nbf ?? 0), Number(iat ?? 0)) * 1e3,
    untilMs: exp === undefined ? Number.POSITIVE_INFINITY : Number(exp) * 1e3,
  }
}

/** What is wrong with using it now; undefined when nothing is. */
export function timeProblem(
  { fromMs, untilMs }: Times,
  nowMs: number,
  skewMs: number,
): string | undefined {
  if (nowMs >= untilMs + skewMs) return 'it has expired'
  return nowMs < fromMs - skewMs ? 'it is not valid yet' : undefined
}

/** A NumericDate: seconds, with or without a fraction. */
function isDate(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
