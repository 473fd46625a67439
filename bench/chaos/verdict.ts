/** What became of the requests of one trouble, in a few numbers. */

import type { Sent } from './load.ts'

export interface Observed {
  readonly sent: readonly Sent[]
  /** When clients sent the requests that reached the servers, those that were tried again several times. */
  readonly reached: readonly number[]
  /** Of those, the ones that reached the server in trouble. */
  readonly reachedVictim: readonly number[]
  readonly healedAt: number
}

export interface Verdict {
  readonly requests: number
  /** The share that got no good reply. */
  readonly failed: number
  /** Requests that reached servers, for each that a client sent. */
  readonly perRequest: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the moment the server was well to the first new request it got; undefined when it got none. */
  readonly backMs: number | undefined
}

export function judge({ sent, reached, reachedVictim, healedAt }: Observed): Verdict {
  const failed = sent.filter(({ status }) => status < 200 || status >= 500).length
  const ms = sent.map((one) => one.ms).toSorted((a, b) => a - b)
  const after = reachedVictim.filter((at) => at >= healedAt)
  return {
    requests: sent.length,
    failed: failed / sent.length,
    perRequest: reached.length / sent.length,
    p50Ms: quantile(ms, 0.5),
    p99Ms: quantile(ms, 0.99),
    backMs: after.length === 0 ? undefined : Math.min(...after) - healedAt,
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** What a gateway must keep to; the words for what it did not. */
export function faultsOf({ failed, perRequest, backMs }: Verdict, intervalMs: number): string[] {
  const faults: string[] = []
  if (failed > 0.001) faults.push('more than 0.1 % failed')
  if (perRequest > 1.2) faults.push('more than 1.2 requests for each')
  if (backMs === undefined || backMs > intervalMs * 2) faults.push('not back within 2 intervals')
  return faults
}
