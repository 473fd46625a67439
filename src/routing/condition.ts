/** Conditions of a route on header fields and query members. */

import type { HeaderList } from '#http/header-list'
import { Complaint } from './complaint.ts'
import { wholeRegex } from './whole-regex.ts'

/** Exactly this text · present · absent · a regular expression for the whole value. */
export type ValueMatch = string | true | false | { readonly regex: string }

export interface Condition {
  readonly on: 'headers' | 'query'
  readonly name: string
  readonly value: string | boolean | RegExp
}

export function parseConditions(
  on: Condition['on'],
  matches: Readonly<Record<string, ValueMatch>> = {},
): (Condition | Complaint)[] {
  return Object.entries(matches).map(([name, match]) => {
    if (on === 'headers' && !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
      return new Complaint(name, 'a header name')
    }
    if (on === 'headers' && name.toLowerCase() === 'host')
      return new Complaint(name, '"host" of the route, beside its path')
    const value = typeof match === 'object' ? wholeRegex(match.regex) : match
    if (value instanceof Complaint) return value
    return { on, name: on === 'headers' ? name.toLowerCase() : name, value }
  })
}

/**
 * A name that comes several times is judged by each of its values, and header fields by all of them joined as well
 * (RFC 9110 §5.3): one value that meets the condition is enough, so a second field cannot hide the first.
 */
export function holds({ on, name, value }: Condition, headers: HeaderList, query: string): boolean {
  const values = on === 'headers' ? headers.all(name) : queryValues(query, name)
  if (typeof value === 'boolean') return values.length > 0 === value
  if (on === 'headers' && values.length > 1) values.push(values.join(', '))
  return values.some((text) => (typeof value === 'string' ? text === value : value.test(text)))
}

/** Whether no request meets both. Two texts exclude each other, but for a name that comes twice. */
export function excludes(a: Condition, b: Condition): boolean {
  if (a.on !== b.on || a.name !== b.name) return false
  if (a.value === false || b.value === false) return a.value !== b.value
  if (typeof a.value === 'string') return !meets(a.value, b.value)
  return typeof b.value === 'string' && !meets(b.value, a.value)
}

function meets(text: string, value: Condition['value']): boolean {
  return value instanceof RegExp ? value.test(text) : value === true || value === text
}

/** Every value under a name, decoded as forms are (`+` is a space). */
export function queryValues(query: string, name: string): string[] {
  const values: string[] = []
  for (const member of query.slice(query.startsWith('?') ? 1 : 0).split('&')) {
    const equals = member.indexOf('=')
    const key = equals < 0 ? member : member.slice(0, equals)
    if (member !== '' && decoded(key) === name) {
      values.push(equals < 0 ? '' : decoded(member.slice(equals + 1)))
    }
  }
  return values
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

export function describeCondition({ on, name, value }: Condition): string {
  const what = on === 'headers' ? `header ${name}` : `query ${name}`
  if (typeof value === 'boolean') return value ? `${what} is absent` : `${what} is present`
  return `${what} is not ${value instanceof RegExp ? String(value) : `"${value}"`}`
}
