/** Durations as people write them: "250ms", "30s", "5m", "1h", "7d". */

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

export const DURATION_HINT = 'a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d'

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = DURATION_PATTERN.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  const product = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
  const ms = Math.ceil(Number(product.toPrecision(15))) // 16.1s is 16100.000000000002
  return Number.isSafeInteger(ms) ? ms : undefined
}
