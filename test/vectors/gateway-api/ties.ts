/** Of two rules that could claim one request the table takes the one with more headers, or the earlier; our check wants it written. */

import type { Condition, Match } from './table.ts'

export interface Claim {
  readonly listener: string
  readonly hosts: readonly string[] | undefined
  readonly path: string
  readonly match: Match
  readonly settings: Readonly<Record<string, unknown>>
}

type Field = 'headers' | 'query'

const FIELDS: readonly Field[] = ['headers', 'query']

/** What a route of ours says of fields: a value, or `false` for one that must not be there. */
export type Conditions = Readonly<Record<Field, Readonly<Record<string, string | false>>>>

interface Ranked {
  readonly claim: Claim
  readonly conditions: Record<Field, Record<string, string | false>>
}

/** Each later claim says that it does not hold where a field of the earlier one is. */
export function breakTies(claims: readonly Claim[]): { claim: Claim; conditions: Conditions }[] {
  const ranked: Ranked[] = claims
    .toSorted((a, b) => (b.match.headers?.length ?? 0) - (a.match.headers?.length ?? 0))
    .map((claim) => ({
      claim,
      conditions: { headers: valuesOf(claim.match.headers), query: valuesOf(claim.match.query) },
    }))
  for (let n = 0; n < ranked.length; n++) {
    const later = ranked[n]!
    for (let tied; (tied = ranked.slice(0, n).find((one) => isTie(one, later)));) {
      if (!exclude(later, tied)) break
    }
  }
  return ranked
}

function valuesOf(conditions: readonly Condition[] = []): Record<string, string | false> {
  return Object.fromEntries(conditions.map(({ name, value }) => [name, value]))
}

/** Whether there was anything to be said. */
function exclude(later: Ranked, earlier: Ranked): boolean {
  for (const field of FIELDS) {
    for (const name of Object.keys(earlier.conditions[field])) {
      if (Object.hasOwn(later.conditions[field], name)) continue
      later.conditions[field][name] = false
      return true
    }
  }
  return false
}

function isTie(a: Ranked, b: Ranked): boolean {
  return (
    a.claim.listener === b.claim.listener &&
    a.claim.path === b.claim.path &&
    a.claim.match.method === b.claim.match.method &&
    shareHost(a.claim.hosts, b.claim.hosts) &&
    count(a) === count(b) &&
    !FIELDS.some((field) => differ(a.conditions[field], b.conditions[field]))
  )
}

function shareHost(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.some((host) => b.includes(host))
}

function count({ conditions }: Ranked): number {
  return FIELDS.reduce((sum, field) => sum + Object.keys(conditions[field]).length, 0)
}

function differ(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) {
  return Object.keys(a).some((name) => Object.hasOwn(b, name) && a[name] !== b[name])
}
