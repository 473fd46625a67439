/** What a signature is over: a line for each component, and one for its own parameters (RFC 9421 §2.5). */

import { type Exchange, type InnerList, writeInnerList, writeItem } from '#sdk/index'
import { valueOf } from './components.ts'

/** Or what is wrong with what it covers. */
export function signatureBase(ex: Exchange, covered: InnerList): Buffer | string {
  const lines = new Map<string, string>()
  for (const item of covered.items) {
    const identifier = writeItem(item)
    if (lines.has(identifier)) return `it covers ${identifier} twice`
    const value = valueOf(ex, item)
    if (value === undefined) return `it covers ${identifier}, which the request has not`
    lines.set(identifier, value)
  }
  lines.set('"@signature-params"', writeInnerList(covered))
  const text = [...lines].map(([identifier, value]) => `${identifier}: ${value}`).join('\n')
  return Buffer.from(text, 'latin1')
}
