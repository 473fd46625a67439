/** One rule with one host and its path: what the trees hold and a match finds. */

import { getOrPut } from '#base/get-or-put'
import type { Params } from '#sdk/params'
import { type Condition, holds } from './condition.ts'
import type { HostPattern } from './host-pattern.ts'
import type { MatchInput } from './match.ts'
import type { PathPattern } from './path-pattern.ts'
import { isVersion, type VersionRule } from './version-rule.ts'

export interface Entry<R> {
  /** The rule's name. */
  readonly name: string
  readonly route: R
  readonly host: HostPattern | undefined
  readonly path: PathPattern
  /** Undefined: any. */
  readonly methods: readonly string[] | undefined
  /** Undefined: any. */
  readonly listeners: readonly string[] | undefined
  readonly conditions: readonly Condition[]
  readonly version: VersionRule | undefined
  /** Names of all that a match captures, in order: the host's label, then the path's parameters. */
  readonly names: readonly string[]
  /** The whole match, when it captures nothing. */
  readonly constant: { readonly route: R; readonly params: Params } | undefined
}

/** Whether all but host, path and method allow it. */
function allows<R>(
  { listeners, conditions, version }: Entry<R>,
  input: MatchInput,
  anyVersion = false,
): boolean {
  if (listeners !== undefined && !listeners.includes(input.listener)) return false
  if (version !== undefined && !anyVersion && !isVersion(version, input.headers, input.query))
    return false
  for (const condition of conditions) {
    if (!holds(condition, input.headers, input.query)) return false
  }
  return true
}

/** The entries of one host and path. A request's method picks a list; in it the most specific stands first. */
export class Choices<R> {
  // Both only where they are needed: ten thousand routes have as many of these.
  #byMethod: Map<string, Entry<R>[]> | undefined = undefined
  #anyMethod: Entry<R>[] | undefined = undefined

  add(entry: Entry<R>): void {
    if (entry.methods === undefined) {
      insert((this.#anyMethod ??= []), entry)
      return
    }
    this.#byMethod ??= new Map()
    for (const method of entry.methods)
      insert(
        getOrPut(this.#byMethod, method, (): Entry<R>[] => []),
        entry,
      )
  }

  /** A route that names HEAD is before one that has it by naming GET (RFC 9110 §9.3.2), and that before any. */
  pick(input: MatchInput, anyVersion = false): Entry<R> | undefined {
    const { method } = input
    const byMethod = this.#byMethod
    return (
      firstAllowing(byMethod?.get(method), input, anyVersion) ??
      (method === 'HEAD' ? firstAllowing(byMethod?.get('GET'), input, anyVersion) : undefined) ??
      firstAllowing(this.#anyMethod, input, anyVersion)
    )
  }

  /** Adds the methods that this request could have come with. */
  collectMethods(input: MatchInput, methods: Set<string>): void {
    for (const [method, list] of this.#byMethod ?? []) {
      if (firstAllowing(list, input) === undefined) continue
      methods.add(method)
      if (method === 'GET') methods.add('HEAD')
    }
  }
}

function firstAllowing<R>(
  list: Entry<R>[] | undefined,
  input: MatchInput,
  anyVersion = false,
): Entry<R> | undefined {
  if (list === undefined) return undefined
  for (const entry of list) if (allows(entry, input, anyVersion)) return entry
  return undefined
}

function insert<R>(list: Entry<R>[], entry: Entry<R>): void {
  const at = list.findIndex((other) => compareDemands(entry, other) < 0)
  list.splice(at < 0 ? list.length : at, 0, entry)
}

/** More conditions first, then one of a version, then the one bound to a listener; what is left only makes the order certain. */
export function compareDemands<R>(a: Entry<R>, b: Entry<R>): number {
  return (
    b.conditions.length - a.conditions.length ||
    Number(a.version === undefined) - Number(b.version === undefined) ||
    Number(a.listeners === undefined) - Number(b.listeners === undefined) ||
    (demandText(a) < demandText(b) ? -1 : 1)
  )
}

function demandText<R>({ conditions, name }: Entry<R>): string {
  return `${conditions.map(({ on, name: of, value }) => `${on} ${of} ${String(value)}`).join('\n')}\n${name}`
}
