/** What the schema objects to -> complaints in the author's words. */

import type { z } from 'zod'
import { type Path, showValue } from './complaint.ts'
import { hint } from '#base/nearest'
import { memberOf } from './origin.ts'

type Issue = z.core.$ZodIssue

/** A complaint before its place was looked up. */
export interface Finding {
  readonly path: Path
  /** What of the path's last step is wrong. */
  readonly aim: 'key' | 'value'
  readonly message: string
  /** The message tells what was expected, and what was found goes before it. */
  readonly showsValue: boolean
}

/** Every issue as findings; `keysAt` lists the keys that the schema has under a path. */
export function findingsOf(
  issues: readonly Issue[],
  root: unknown,
  keysAt: (path: Path) => readonly string[],
): Finding[] {
  const flatten = (issue: Issue, base: Path): Finding[] => {
    const path = [...base, ...(issue.path as Path)]
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) =>
          unknownKey([...path, key], keysAt(path), valueAt(root, path)),
        )
      case 'invalid_key':
        return [finding(path, issue.issues[0]?.message ?? 'expected another name', 'key')]
      case 'invalid_element':
        return issue.issues.flatMap((inner) => flatten(inner, path))
      case 'invalid_union':
        return fromUnion(issue, path)
      case 'invalid_value': {
        const value = valueAt(root, path)
        const names = issue.values.filter((name) => typeof name === 'string')
        const meant = typeof value === 'string' ? hint(value, names) : ''
        return [finding(path, issue.message + meant)]
      }
      case 'custom':
      case 'invalid_format':
      case 'invalid_type':
      case 'not_multiple_of':
      case 'too_big':
      case 'too_small':
        return [finding(path, issue.message)]
    }
  }

  const fromUnion = (issue: Issue & { code: 'invalid_union' }, path: Path): Finding[] => {
    const value = valueAt(root, path)
    const branches: readonly Issue[][] = issue.errors
    const fitting = branches.filter((branch) => !branch.some((inner) => isOtherKind(inner, value)))
    const [best] = fitting.toSorted(
      (a, b) => Number(hasUnknown(a, value)) - Number(hasUnknown(b, value)) || a.length - b.length,
    )
    const words = best?.length === 1 ? wordsAt(best[0]!) : undefined
    if (best && words === undefined) return best.flatMap((inner) => flatten(inner, path))
    const expected = branches.flatMap((branch) => branch.flatMap(expectationsIn))
    if (expected.length === 0) return [finding(path, issue.message)]
    const meant = typeof value === 'string' && words ? hint(value, words) : ''
    return [finding(path, `expected ${[...new Set(expected)].join(', or ')}${meant}`)]
  }

  return issues.flatMap((issue) => flatten(issue, []))
}

/** The words that would do in this very place: not all that would, where they are one branch of several. */
function wordsAt(issue: Issue): string[] | undefined {
  if (issue.code !== 'invalid_value' || issue.path.length > 0) return undefined
  return issue.values.filter((word) => typeof word === 'string')
}

/** Whether a branch of a union has no room for all keys of the mapping that stands there. */
function hasUnknown(branch: readonly Issue[], value: unknown): boolean {
  return branch.some((issue) => {
    if (issue.path.length > 0) return false
    if (issue.code === 'unrecognized_keys') return true
    if (issue.code !== 'invalid_union') return false
    return (issue.errors as Issue[][]).every(
      (inner) => hasUnknown(inner, value) || inner.some((one) => isOtherKind(one, value)),
    )
  })
}

/** Whether a branch of a union was meant for another kind of value than the one that stands there. */
function isOtherKind(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_type') {
    return !(typeof value === 'number' && /^(?:int|number)/.test(issue.expected))
  }
  if (issue.code === 'invalid_value') {
    return !issue.values.some((expected) => typeof expected === typeof value)
  }
  if (issue.code !== 'invalid_union') return false
  return (issue.errors as Issue[][]).every((branch) =>
    branch.some((inner) => isOtherKind(inner, value)),
  )
}

function expectationsIn(issue: Issue): string[] {
  if (issue.code === 'invalid_union')
    return (issue.errors as Issue[][]).flat().flatMap(expectationsIn)
  return issue.path.length === 0 ? [issue.message.replace(/^expected /, '')] : []
}

/** More names than these help nobody. */
const MAX_LISTED = 12

function unknownKey(path: Path, known: readonly string[], holder: unknown): Finding {
  const key = String(path.at(-1))
  if (known.includes(key)) {
    // Each is of another form.
    const others = Object.keys(holder as object).filter((other) => other !== key)
    const message = `found "${key}" beside "${others.join('", "')}", expected one of them`
    return { path, aim: 'key', message, showsValue: false }
  }
  const meant = hint(key, known)
  const isFew = known.length > 0 && known.length <= MAX_LISTED
  const all = isFew
    ? `, expected ${known.join(', ')}`
    : '; `portcullis schema` lists those there are'
  const message = `found the unknown key ${JSON.stringify(key)}${meant === '' ? all : meant}`
  return { path, aim: 'key', message, showsValue: false }
}

function finding(path: Path, message: string, aim: 'key' | 'value' = 'value'): Finding {
  return { path, aim, message, showsValue: message.startsWith('expected ') }
}

/** `found 5, expected …` */
export function wordsOf({ message, path, aim, showsValue }: Finding, written: unknown): string {
  if (!showsValue) return message
  return `found ${aim === 'key' ? JSON.stringify(path.at(-1)) : showValue(written)}, ${message}`
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = memberOf(value, key)
  }
  return value
}
