/** What the schema expected, in words, where the schema has no words of its own. */

import type { z } from 'zod'

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
}

export function expectationOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && /^[nb]/.test(typeof issue.input)) {
        return 'expected a text: put it in quotes'
      }
      return `expected ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${alternatives(issue.values)}`
    case 'too_small':
      return bound(issue.origin, Number(issue.minimum), issue.inclusive ? 'at least' : 'more than')
    case 'too_big':
      return bound(issue.origin, Number(issue.maximum), issue.inclusive ? 'at most' : 'less than')
    case 'invalid_format':
      if (issue.format === 'starts_with')
        return `expected a text that begins with "${String(issue.prefix)}"`
      return `expected a text that fits ${issue.pattern ?? issue.format}`
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`
    case 'invalid_union':
      return `expected ${alternatives((issue as { options?: unknown[] }).options ?? [])}`
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'unrecognized_keys':
      return 'expected something else'
  }
}

function bound(origin: string, limit: number, words: string): string {
  if (origin === 'string') {
    return limit === 1 && words === 'at least'
      ? 'expected a text that is not empty'
      : `expected a text of ${words} ${limit} characters`
  }
  if (origin === 'array') return `expected ${words} ${limit} in the list`
  return `expected a number of ${words} ${limit}`.replace('number of more', 'number more')
}

export function alternatives(values: readonly unknown[]): string {
  const words = values.map(String)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
