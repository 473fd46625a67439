/** Which of two patterns is the more specific: the order in which routes are tried. Negative: the first one. */

import type { HostPattern } from './host-pattern.ts'
import type { PathPattern } from './path-pattern.ts'
import type { Segment } from './segment.ts'

const KINDS = ['literal', 'partial', 'one'] as const

/** Exact, then the longer wildcard, then any; of two as long, one label before any depth. */
export function compareHosts(a: HostPattern | undefined, b: HostPattern | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const exactFirst = Number(b.kind === 'exact') - Number(a.kind === 'exact')
  if (exactFirst !== 0) return exactFirst
  return (
    b.suffix.length - a.suffix.length ||
    Number(a.kind === 'wildcard') - Number(b.kind === 'wildcard') ||
    byText(a.key, b.key)
  )
}

/** Segment by segment from the left: literal, text or a condition around a parameter, `{one}`, the end, `**`. */
export function comparePaths(a: PathPattern, b: PathPattern): number {
  const length = Math.min(a.segments.length, b.segments.length)
  for (let n = 0; n < length; n++) {
    const order = compareSegments(a.segments[n]!, b.segments[n]!)
    if (order !== 0) return order
  }
  return (
    b.segments.length - a.segments.length ||
    Number(a.rest !== undefined) - Number(b.rest !== undefined)
  )
}

/** Of two with parameters: more text first, then more conditions, then fewer parameters, then by alphabet. */
export function compareSegments(a: Segment, b: Segment): number {
  return (
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    (a.kind === 'partial' ? comparePartials(a, b) : 0) ||
    byText(a.shape, b.shape)
  )
}

function comparePartials(a: Segment, b: Segment): number {
  return (
    b.texts.join('').length - a.texts.join('').length ||
    b.conditions.filter(Boolean).length - a.conditions.filter(Boolean).length ||
    a.names.length - b.names.length
  )
}

/** As specific as one another by all but the alphabet: a tie, when one request can match both. */
export function areEquallySpecific(a: Segment, b: Segment): boolean {
  if (a.kind !== b.kind) return false
  return a.kind === 'partial' ? comparePartials(a, b) === 0 : a.shape === b.shape
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
