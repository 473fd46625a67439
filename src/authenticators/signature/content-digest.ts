/** Whether a body is the one whose digest the request states (RFC 9530 §2). */

import { hash } from 'node:crypto'
import { isInnerList, parseDictionary } from '#sdk/index'

/** Of those that are registered, the ones that nobody can find two bodies for. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
])

/** All that are stated must be right, and one must be. */
export function isDigestOf(field: string | undefined, body: Buffer): boolean {
  let known = 0
  for (const [name, member] of parseDictionary(field ?? '') ?? []) {
    const algorithm = HASHES.get(name)
    if (algorithm === undefined) continue
    if (isInnerList(member) || !(member.value instanceof Uint8Array)) return false
    if (!hash(algorithm, body, 'buffer').equals(member.value)) return false
    known++
  }
  return known > 0
}
