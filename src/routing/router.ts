/** Which route is this request for? The most specific that holds, in whatever order rules were added. */

import { fromSegment, newParams, type Params } from '#sdk/params'
import type { Choices, Entry } from './entry.ts'
import { explain, type Verdict } from './explain.ts'
import type { HostTable } from './host-table.ts'
import { matchForm, otherReadings, slashReadings } from './match-form.ts'
import type { Match, MatchInput } from './match.ts'
import { comparePaths } from './specificity.ts'

const NOT_FOUND = { route: undefined, fault: 'ROUTE_NOT_FOUND' } as const
const NO_VERSION = { route: undefined, fault: 'VERSION_NOT_FOUND' } as const
const BAD_PATH = { route: undefined, fault: 'BAD_PATH' } as const

export class Router<R> {
  readonly #hosts: HostTable<R>
  readonly #entries: readonly Entry<R>[]

  constructor(hosts: HostTable<R>, entries: readonly Entry<R>[]) {
    this.#hosts = hosts
    this.#entries = entries
  }

  match(input: MatchInput): Match<R> {
    if (input.path.charCodeAt(0) !== 0x2f) return NOT_FOUND // `OPTIONS *` is for no route
    const form = matchForm(input.path)
    const captured: string[] = []
    const entry = this.#hosts.find(input.host, form, new Winner<R>(input, captured))
    if (entry === undefined) return this.#refusal(input, form)
    for (const other of otherReadings(form))
      if (this.#isForAnother(input, other, entry.route)) return BAD_PATH
    for (const slashed of slashReadings(form))
      if (this.#isForNearer(input, slashed, entry)) return BAD_PATH
    if (entry.constant !== undefined) return entry.constant

    const params = collectParams(entry, captured, input.path, form)
    return params === undefined ? BAD_PATH : { route: entry.route, params }
  }

  /** Whether a route names this host, by itself or by a pattern. */
  hasHost(host: string): boolean {
    return this.#hosts.has(host)
  }

  /** Every route that is near, most specific first, and why it won or lost. Slow: for people. */
  explain(input: MatchInput): Verdict[] {
    return explain(this.#entries, this.match(input), input)
  }

  #refusal(input: MatchInput, form: string): Match<R> {
    const allow = this.#methodsOf(input, form)
    if (allow.length === 0) return this.#namesStrangeVersion(input, form) ? NO_VERSION : NOT_FOUND
    return { route: undefined, fault: 'METHOD_NOT_ALLOWED', allow }
  }

  #namesStrangeVersion(input: MatchInput, form: string): boolean {
    return this.#hosts.find(input.host, form, new AnyVersion<R>(input)) !== undefined
  }

  #methodsOf(input: MatchInput, form: string): readonly string[] {
    const methods = new Methods<R>(input)
    this.#hosts.find(input.host, form, methods)
    return [...methods.found].toSorted()
  }

  #isForAnother(input: MatchInput, form: string, route: R): boolean {
    const entry = this.#hosts.find(input.host, form, new Winner<R>(input, []))
    return entry === undefined ? this.#methodsOf(input, form).length > 0 : entry.route !== route
  }

  #isForNearer(input: MatchInput, form: string, winner: Entry<R>): boolean {
    if (/%2f/i.test(winner.path.text)) return false // its author means it
    const entry = this.#hosts.find(input.host, form, new Winner<R>(input, []))
    return entry !== undefined && comparePaths(entry.path, winner.path) < 0
  }
}

class Winner<R> {
  readonly captured: string[]
  readonly #input: MatchInput

  constructor(input: MatchInput, captured: string[]) {
    this.#input = input
    this.captured = captured
  }

  visit(choices: Choices<R>): Entry<R> | undefined {
    return choices.pick(this.#input)
  }
}

/** Who would have it, if it named another version. */
class AnyVersion<R> {
  readonly captured: string[] = []
  readonly #input: MatchInput

  constructor(input: MatchInput) {
    this.#input = input
  }

  visit(choices: Choices<R>): Entry<R> | undefined {
    return choices.pick(this.#input, true)
  }
}

/** Passes all that match the path, and notes the methods they would take. */
class Methods<R> {
  readonly captured: string[] = []
  readonly found = new Set<string>()
  readonly #input: MatchInput

  constructor(input: MatchInput) {
    this.#input = input
  }

  visit(choices: Choices<R>): undefined {
    choices.collectMethods(this.#input, this.found)
  }
}

/** Undefined when one decodes to invalid UTF-8 or to a control character. */
function collectParams<R>(
  { names, path: { rest, segments } }: Entry<R>,
  captured: readonly string[],
  path: string,
  form: string,
): Params | undefined {
  const params = newParams(path, rest, segments.length)
  for (const [n, name] of names.entries()) {
    const value = decodeParam(captured[n] ?? fromSegment(form, segments.length).slice(1))
    if (value === undefined) return undefined
    params[name] = value
  }
  return params
}

function decodeParam(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    const value = decodeURIComponent(text)
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    return /[\0-\x1f\x7f-\x9f]/.test(value) ? undefined : value
  } catch {
    return undefined
  }
}
