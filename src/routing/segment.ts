/** One segment of a path pattern: `orders`, `{id}`, `{id}.json`, `{id:[0-9]+}`, `{base}...{head}`. */

import { Complaint } from './complaint.ts'
import { matchForm } from './match-form.ts'
import { wholeRegex } from './whole-regex.ts'

export interface Segment {
  /** What it takes, whatever its parameters are called: equal shapes match the same. */
  readonly shape: string
  readonly kind: 'literal' | 'partial' | 'one'
  readonly names: readonly string[]
  /** The text before, between and after the parameters; of a literal, all of it. In match form. */
  readonly texts: readonly string[]
  readonly conditions: readonly (RegExp | undefined)[]
}

/** A longer value meets no condition: a condition may take time quadratic in what it reads. */
const MAX_CONDITION_CHARS = 256

const PARAMETER = /\{([^{}:]*)(?::((?:[^{}]|\{[^{}]*\})*))?\}/g

/** The routes of a configuration share most of their segments: each is read, and kept, once. */
const known = new Map<string, Segment>()
const MOST_KNOWN = 4_096

export function parseSegment(source: string): Segment | Complaint {
  const old = known.get(source)
  if (old !== undefined) return old
  const segment = readSegment(source)
  if (segment instanceof Complaint) return segment
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(source, segment)
  return segment
}

function readSegment(source: string): Segment | Complaint {
  const names: string[] = []
  const texts: string[] = []
  const conditions: (RegExp | undefined)[] = []
  let from = 0
  for (const { 0: whole, 1: name = '', 2: condition, index } of source.matchAll(PARAMETER)) {
    const regex = condition === undefined ? undefined : wholeRegex(condition)
    const complaint = regex instanceof Complaint ? regex : complainOfName(name, names)
    if (complaint !== undefined) return complaint
    texts.push(source.slice(from, index))
    if (names.length > 0 && texts.at(-1) === '') {
      return new Complaint(source, 'text between two parameters, to tell where the first ends')
    }
    names.push(name)
    conditions.push(regex as RegExp | undefined)
    from = index + whole.length
  }
  texts.push(source.slice(from))
  const forms = texts.map(literalForm)
  const wrong = forms.find((form) => form instanceof Complaint)
  if (wrong !== undefined) return wrong
  return segmentOf(names, forms as string[], conditions)
}

function segmentOf(
  names: readonly string[],
  texts: readonly string[],
  conditions: readonly (RegExp | undefined)[],
): Segment {
  const parameters = conditions.map((regex) => (regex === undefined ? '{}' : `{${regex.source}}`))
  const shape = texts.map((text, n) => text + (parameters[n] ?? '')).join('')
  const kind = names.length === 0 ? 'literal' : shape === '{}' ? 'one' : 'partial'
  return { shape, kind, names, texts, conditions }
}

export function complainOfName(name: string, taken: readonly string[]): Complaint | undefined {
  if (!/^[A-Za-z_][\w-]*$/.test(name) || name === '__proto__') {
    return new Complaint(`{${name}}`, 'a name of letters, digits, _ and -, such as {id}')
  }
  return taken.includes(name)
    ? new Complaint(`{${name}} twice`, 'another name for one of the two')
    : undefined
}

/** Text as the author wrote it, in match form. */
function literalForm(text: string): string | Complaint {
  if (/[{}]/.test(text))
    return new Complaint(text, 'a parameter such as {id}; a brace itself is %7B')
  if (text.includes('*')) {
    return new Complaint(text, '{name} for one segment, or ** as the last segment for all below')
  }
  if (/[?#]/.test(text)) return new Complaint(text, 'a path alone; query conditions are `query`')
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\\;\0-\x1f\x7f]|%(?:3b|5c|[01][0-9a-f]|7f)/i.test(text)) {
    return new Complaint(text, 'a path without ; and \\ and control characters')
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return new Complaint(text, '%25 for a percent sign')
  return matchForm(text.replace(/[^\0-\x7f]+/g, encodeURIComponent))
}

/**
 * The values of a segment's parameters, pushed to `values`, or false. A parameter before the last takes as little as
 * it can; one pass, no backtracking, so time is linear in the segment (conditions aside).
 */
export function takeSegment(segment: Segment, text: string, values: string[]): boolean {
  const { texts, conditions } = segment
  const first = texts[0]!
  const last = texts.at(-1)!
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let from = first.length
  for (let n = 0; n < conditions.length; n++) {
    const isLast = n === conditions.length - 1
    const to = isLast ? end : text.indexOf(texts[n + 1]!, from + 1)
    if (to <= from || to > end) return false
    const value = text.slice(from, to)
    if (!meets(conditions[n], value)) return false
    values.push(value)
    from = isLast ? to : to + texts[n + 1]!.length
  }
  return true
}

function meets(condition: RegExp | undefined, value: string): boolean {
  if (condition === undefined) return true
  return value.length <= MAX_CONDITION_CHARS && condition.test(decoded(value))
}

function decoded(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
