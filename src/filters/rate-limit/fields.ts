/** What replies say of limits: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11), and what was before them. */

import type { HeaderList, Standing } from '#sdk/index'
import type { Limiter } from './limiter.ts'

export interface Nearest {
  readonly limiter: Limiter
  readonly standing: Standing
}

/** The one of which the smallest part is left. */
export function nearer(a: Nearest | undefined, b: Nearest): Nearest {
  if (a === undefined || b.standing.passes !== a.standing.passes)
    return a === undefined || !b.standing.passes ? b : a
  return shareLeft(b) < shareLeft(a) ? b : a
}

function shareLeft({ limiter, standing }: Nearest): number {
  return standing.remaining / limiter.limit
}

/** `seconds` until one that is refused would pass; undefined when it was not. */
export function tellLimits(
  headers: HeaderList,
  { limiter, standing }: Nearest,
  all: readonly Nearest[],
  seconds: number | undefined,
): void {
  const { headers: kind } = limiter.rule
  if (kind === 'none') return
  const resetS = seconds ?? Math.ceil(standing.resetMs / 1_000)
  if (kind !== 'legacy') {
    headers.set('ratelimit-policy', all.map(policyOf).join(', '))
    const reset = limiter.isHeld ? '' : `;t=${resetS}`
    headers.set('ratelimit', `"${limiter.name}";r=${standing.remaining}${reset}`)
  }
  if (kind === 'standard') return
  headers.set('x-ratelimit-limit', String(limiter.limit))
  headers.set('x-ratelimit-remaining', String(standing.remaining))
  if (!limiter.isHeld) headers.set('x-ratelimit-reset', String(resetS))
}

function policyOf({ limiter: { name, limit, windowS } }: Nearest): string {
  return `"${name}";q=${limit}${windowS === undefined ? ';qu="concurrent-requests"' : `;w=${windowS}`}`
}
