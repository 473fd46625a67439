/** Two routes that can match the same request, neither more specific: the author must say which. */

import { excludes } from './condition.ts'
import type { Entry } from './entry.ts'
import type { PathPattern } from './path-pattern.ts'
import { type Segment, takeSegment } from './segment.ts'
import { areEquallySpecific } from './specificity.ts'
import { versionsExclude } from './version-rule.ts'

/** Equal for all entries that could tie: only those need to be compared with one another. */
export function tieKey<R>({ host, path, conditions, version }: Entry<R>): string {
  const segments = path.segments.map(({ kind, shape }) => (kind === 'partial' ? '{?}' : shape))
  return [host?.key, conditions.length, version !== undefined, ...segments, path.rest && '**'].join(
    '/',
  )
}

export function tie<R>(a: Entry<R>, b: Entry<R>): boolean {
  return (
    shareOne(a.listeners, b.listeners) &&
    shareOne(a.methods, b.methods) &&
    !versionsExclude(a.version, b.version) &&
    !a.conditions.some((one) => b.conditions.some((other) => excludes(one, other))) &&
    pathsOverlap(a.path, b.path)
  )
}

function shareOne(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.some((item) => b.includes(item))
}

function pathsOverlap(a: PathPattern, b: PathPattern): boolean {
  return a.segments.every((segment, n) => {
    const other = b.segments[n]!
    if (segment.shape === other.shape) return true
    return areEquallySpecific(segment, other) && findCommonText(segment, other)
  })
}

/** What parameters often hold. Whether two regular expressions share a text is asked of these. */
const SAMPLES = '0 1 42 2024 a b z A abc ab-cd a_b a1 1a x.y v1 2024-01-31 json 0a1b-2c3d'.split(
  ' ',
)

function findCommonText(a: Segment, b: Segment): boolean {
  const before = longer(a.texts[0]!, b.texts[0]!)
  const after = longer(a.texts.at(-1)!, b.texts.at(-1)!)
  const between = [...a.texts.slice(1, -1), ...b.texts.slice(1, -1)]
  return SAMPLES.some((sample) => {
    const text =
      before + [sample, ...between.flatMap((middle) => [middle, sample])].join('') + after
    return takeSegment(a, text, []) && takeSegment(b, text, [])
  })
}

function longer(a: string, b: string): string {
  return a.length >= b.length ? a : b
}
