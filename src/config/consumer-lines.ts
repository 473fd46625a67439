/** A file of consumers: one a line, as JSON. */

import type { ConsumerEntry } from '#consumers/directory-builder'
import { consumer, entryOf, KEY_HASH } from './schema/consumers.ts'

interface Line {
  /** From 1. */
  readonly line: number
  /** Or what is wrong with it. */
  readonly entry: ConsumerEntry | string
}

export function* linesOf(text: string): IterableIterator<Line> {
  let line = 0
  for (let from = 0; from < text.length; line++) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    const one = text.slice(from, to).trim()
    from = to + 1
    if (one !== '') yield { line: line + 1, entry: read(one) }
  }
}

function read(line: string): ConsumerEntry | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'found no JSON, expected a consumer, such as {"name":"acme","apiKeys":["sha256:…"]}'
  }
  const simple = readSimple(value)
  if (simple !== undefined) return simple
  const checked = consumer.safeParse(value)
  if (checked.success) return entryOf(checked.data)
  const [issue] = checked.error.issues
  const path = issue?.path.join('.') ?? ''
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'expected a consumer'}`
}

const SIMPLE_KEYS = new Set(['name', 'plan', 'groups', 'apiKeys'])
const PLAIN = /^[\w.-]{1,100}$/

/** What nearly all lines are, read in a quarter of the time that the schema takes; the schema has the say about all others. */
function readSimple(value: unknown): ConsumerEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, plan, groups = [], apiKeys = [] } = value as Record<string, unknown>
  if (!isPlain(name) || (plan !== undefined && !isPlain(plan))) return undefined
  if (!Array.isArray(groups) || !groups.every(isPlain) || !Array.isArray(apiKeys)) return undefined
  for (const key in value) if (!SIMPLE_KEYS.has(key)) return undefined
  const keys = []
  for (const key of apiKeys) {
    const hash = typeof key === 'string' ? KEY_HASH.exec(key) : null
    if (hash === null) return undefined
    keys.push({ sha256: hash[1]!.toLowerCase(), label: hash[2] })
  }
  return { name, plan, groups, keys }
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && PLAIN.test(value)
}
