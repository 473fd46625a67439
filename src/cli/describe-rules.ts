/** What `explain` says of how a service is called: the rules that hold, whoever wrote them. */

import type { CallRules } from '#sdk/call-rules'

const SHOWN = ['timeout', 'retry', 'circuitBreaker', 'concurrency', 'hedge'] as const
/** Members that are shares; other numbers but these counts are milliseconds. */
const SHARES = new Set(['errorRate', 'budget'])
const COUNTS = new Set(['attempts', 'minRequests', 'max', 'queue'])

/** One line for each rule; those that are off have none. */
export function describeRules(service: string, rules: CallRules): string[] {
  return SHOWN.flatMap((name) => {
    const rule = rules[name]
    if (rule === undefined) return []
    const members = Object.entries(rule).map(([key, value]) => `${key} ${show(key, value)}`)
    return `call      ${service}  ${name}: ${members.join(', ')}`
  })
}

function show(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.join('|')
  if (typeof value !== 'number' || COUNTS.has(key)) return String(value)
  if (SHARES.has(key)) return `${Number((value * 100).toFixed(3))}%`
  return value % 1_000 === 0 ? `${value / 1_000}s` : `${value}ms`
}
