/** Path patterns: `/orders`, `/orders/{id}`, `/files/{rest**}`. */

import { Complaint } from './complaint.ts'
import { complainOfName, parseSegment, type Segment, takeSegment } from './segment.ts'

export interface PathPattern {
  /** As the author wrote it. */
  readonly text: string
  readonly segments: readonly Segment[]
  /** The name of what `**` takes after the segments: `**` when it has none, undefined when there is no `**`. */
  readonly rest: string | undefined
  /** The names of its parameters, from left to right, that of `{rest**}` last. */
  readonly names: readonly string[]
}

export function parsePathPattern(text: string): PathPattern | Complaint {
  if (!text.startsWith('/')) return new Complaint(text, 'a path that begins with /')
  const sources = splitOutsideBraces(text.slice(1))
  const last = /^(?:\*\*|\{([^{}:]*)\*\*\})$/.exec(sources.at(-1)!)
  if (last !== null) sources.pop()

  const segments: Segment[] = []
  const names: string[] = []
  for (const [n, source] of sources.entries()) {
    const segment = readSegment(source, n === sources.length - 1 && last === null)
    if (segment instanceof Complaint) return segment
    const twice = segment.names.map((name) => complainOfName(name, names)).find(Boolean)
    if (twice !== undefined) return twice
    segments.push(segment)
    names.push(...segment.names)
  }
  const restName = last?.[1]
  if (restName !== undefined) {
    const wrong = complainOfName(restName, names)
    if (wrong !== undefined) return wrong
    names.push(restName)
  }
  return { text, segments, rest: last === null ? undefined : (restName ?? '**'), names }
}

function readSegment(source: string, isLast: boolean): Segment | Complaint {
  if (source === '' && !isLast) {
    return new Complaint('an empty segment (//)', 'single slashes: a request with two is refused')
  }
  if (/\{[^{}:]*\*\*\}/.test(source) || source.includes('**')) {
    return new Complaint(source, '** as the last segment, alone')
  }
  const segment = parseSegment(source)
  if (segment instanceof Complaint || segment.kind !== 'literal') return segment
  return segment.shape === '.' || segment.shape === '..'
    ? new Complaint(source, 'no dot segments: they are resolved before routes match')
    : segment
}

/** A condition may hold slashes: `{id:[^/]+}`. */
function splitOutsideBraces(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const char of text) {
    if (char === '{') depth++
    if (char === '}') depth--
    if (char === '/' && depth === 0) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

/** Whether one pattern matches a path (in match form), without any others to choose from. */
export function patternMatches(pattern: PathPattern, form: string): boolean {
  const texts = form.slice(1).split('/')
  const { segments, rest } = pattern
  if (rest === undefined ? texts.length !== segments.length : texts.length < segments.length) {
    return false
  }
  return segments.every((segment, n) =>
    segment.kind === 'literal' ? segment.shape === texts[n] : takeSegment(segment, texts[n]!, []),
  )
}
