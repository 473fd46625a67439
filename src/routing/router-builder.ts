/** Builds a router rule by rule, so that a large configuration can be built in slices between requests. */

import { NO_PARAMS } from '#sdk/params'
import { Complaint, type Problem } from './complaint.ts'
import { type Condition, parseConditions } from './condition.ts'
import type { Entry } from './entry.ts'
import { type HostPattern, parseHostPattern } from './host-pattern.ts'
import { HostTable } from './host-table.ts'
import type { RouteRule } from './match.ts'
import { type PathPattern, parsePathPattern } from './path-pattern.ts'
import { getOrPut } from '#base/get-or-put'
import { Router } from './router.ts'
import { complainOfName } from './segment.ts'
import { tie, tieKey } from './tie.ts'

export interface RouterBuilder<R> {
  /** Every complaint about the rule; none when it stands. A rule with a complaint about itself is left out. */
  add(rule: RouteRule, route: R): Problem[]
  /** The builder is not to be used after. */
  build(): Router<R>
}

/** `tiesAreKnown`: none is looked for, as someone has refused them before. */
export function createRouterBuilder<R>(tiesAreKnown = false): RouterBuilder<R> {
  const hosts = new HostTable<R>()
  const entries: Entry<R>[] = []
  const rivals = new Map<string, Entry<R>[]>()

  function addEntry(entry: Entry<R>): Problem[] {
    entries.push(entry)
    hosts.add(entry)
    return tiesAreKnown ? [] : tiesOf(entry).map((other) => problemOfTie(entry, other))
  }

  function tiesOf(entry: Entry<R>): Entry<R>[] {
    const rivalsOfIt = getOrPut(rivals, tieKey(entry), () => [])
    const ties = rivalsOfIt.filter((other) => other.route !== entry.route && tie(entry, other))
    rivalsOfIt.push(entry)
    return ties
  }

  return {
    add(rule, route) {
      const read = readRule(rule, route)
      return read.problems.length > 0 ? read.problems : read.entries.flatMap(addEntry)
    },
    build: () => new Router(hosts, entries),
  }
}

function problemOfTie<R>(entry: Entry<R>, other: Entry<R>): Problem {
  const found = `${shown(entry)} and ${shown(other)} match the same requests`
  const expected = 'a method, a condition or a more specific path on one of them'
  return { rule: entry.name, at: 'rule', found, expected, other: other.name }
}

function shown<R>({ name, path }: Entry<R>): string {
  return name === path.text ? name : `${path.text} of ${name}`
}

interface Reading<R> {
  readonly entries: Entry<R>[]
  readonly problems: Problem[]
}

function readRule<R>(rule: RouteRule, route: R): Reading<R> {
  const problems: Problem[] = []
  const keep = <T>(at: Problem['at'], value: T | Complaint): T[] => {
    if (!(value instanceof Complaint)) return [value]
    problems.push({ rule: rule.name, at, found: value.found, expected: value.expected })
    return []
  }
  const [path] = keep('path', parsePathPattern(rule.path))
  const hosts = rule.host?.flatMap((text) => keep('host', parseHostPattern(text))) ?? [undefined]
  const conditions = (['headers', 'query'] as const).flatMap((on) =>
    parseConditions(on, rule[on]).flatMap((condition) => keep<Condition>(on, condition)),
  )
  rule.methods?.forEach((method) => keep('methods', complainOfMethod(method)))
  for (const at of ['methods', 'host', 'listener'] as const) {
    if (rule[at]?.length === 0)
      keep(
        at,
        new Complaint('an empty list, which matches nothing', `one or more, or no \`${at}\``),
      )
  }
  const { name, methods, listener: listeners, version } = rule
  if (path === undefined) return { entries: [], problems }
  const entries = hosts.flatMap((host) => {
    const names = keep('path', namesOf(host, path))[0]
    if (names === undefined) return []
    const constant =
      names.length === 0 && path.rest === undefined ? { route, params: NO_PARAMS } : undefined
    return { name, route, host, path, methods, listeners, conditions, version, names, constant }
  })
  return { entries, problems }
}

function namesOf(host: HostPattern | undefined, path: PathPattern): readonly string[] | Complaint {
  if (host?.name === undefined) return path.names
  return complainOfName(host.name, path.names) ?? [host.name, ...path.names]
}

function complainOfMethod(method: string): Complaint | undefined {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method))
    return new Complaint(method, 'a method such as GET')
  return /^(?:get|head|post|put|patch|delete|options|trace|connect)$/.test(method.toLowerCase()) &&
    method !== method.toUpperCase()
    ? new Complaint(method, `${method.toUpperCase()}: methods are told apart by case`)
    : undefined
}
