/** Why a route won, and why the others lost: what `portcullis explain` prints. */

import { describeCondition, holds } from './condition.ts'
import { compareDemands, type Entry } from './entry.ts'
import { hostMatches } from './host-pattern.ts'
import { matchForm } from './match-form.ts'
import type { Match, MatchInput } from './match.ts'
import { patternMatches } from './path-pattern.ts'
import { compareHosts, comparePaths } from './specificity.ts'
import { describeVersions, isVersion } from './version-rule.ts'

export interface Verdict {
  /** The rule's name. */
  readonly rule: string
  /** Its path pattern. */
  readonly path: string
  readonly won: boolean
  /** Why, in a few words. */
  readonly reason: string
}

/** A route is near when the request has its host and its first segment, or its whole path. */
export function explain<R>(
  entries: readonly Entry<R>[],
  match: Match<R>,
  input: MatchInput,
): Verdict[] {
  const form = matchForm(input.path)
  const near = entries.filter((entry) => isNear(entry, input, form))
  const inOrder = near.toSorted((a, b) => compareEntries(a, b, input.method))
  const winner = inOrder.find(
    (entry) => match.route !== undefined && reasonToLose(entry, input, form) === undefined,
  )
  return inOrder.map((entry) => {
    const { name: rule, path } = entry
    const lost = reasonToLose(entry, input, form) ?? reasonBehind(winner, match)
    const reason = entry === winner ? 'the most specific that holds' : lost
    return { rule, path: path.text, won: entry === winner, reason }
  })
}

function reasonBehind<R>(winner: Entry<R> | undefined, match: Match<R>): string {
  if (winner !== undefined) return `more specific: ${winner.path.text} (${winner.name})`
  return 'fault' in match && match.fault === 'BAD_PATH'
    ? 'the path is ambiguous or malformed'
    : 'not asked'
}

function isNear<R>({ host, path }: Entry<R>, input: MatchInput, form: string): boolean {
  if (patternMatches(path, form)) return true
  const first = path.segments[0]
  const isHost = host === undefined || hostMatches(host, input.host)
  return (
    isHost && first?.kind === 'literal' && first.shape !== '' && form.split('/')[1] === first.shape
  )
}

function reasonToLose<R>(entry: Entry<R>, input: MatchInput, form: string): string | undefined {
  const { host, path, methods, listeners, conditions, version } = entry
  if (host !== undefined && !hostMatches(host, input.host)) return 'host does not match'
  if (!patternMatches(path, form)) return 'path does not match'
  if (listeners !== undefined && !listeners.includes(input.listener)) {
    return `listener ${input.listener} not in ${listeners.join(', ')}`
  }
  if (nearnessOfMethod(entry, input.method) === 0) {
    const all = methods?.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])) ?? []
    return `method ${input.method} not in ${[...new Set(all)].join(', ')}`
  }
  if (version !== undefined && !isVersion(version, input.headers, input.query))
    return describeVersions(version, input.headers, input.query)
  const unmet = conditions.find((condition) => !holds(condition, input.headers, input.query))
  return unmet && describeCondition(unmet)
}

function compareEntries<R>(a: Entry<R>, b: Entry<R>, method: string): number {
  return (
    compareHosts(a.host, b.host) ||
    comparePaths(a.path, b.path) ||
    nearnessOfMethod(b, method) - nearnessOfMethod(a, method) ||
    compareDemands(a, b)
  )
}

/** 3 names it · 2 names GET, and this is HEAD · 1 takes any · 0 takes others alone */
function nearnessOfMethod<R>({ methods }: Entry<R>, method: string): 0 | 1 | 2 | 3 {
  if (methods === undefined) return 1
  if (methods.includes(method)) return 3
  return method === 'HEAD' && methods.includes('GET') ? 2 : 0
}
