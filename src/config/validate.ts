/** Plain data against the schema: what it says, or what is wrong with it, in the author's words. */

import type { Complaint, Path } from './complaint.ts'
import { type Finding, findingsOf, valueAt, wordsOf } from './issues.ts'
import type { Known } from './known.ts'
import { placeAt } from './origin.ts'
import { prune, replaceAt, unitOf } from './prune.ts'
import { schemaKeysAt } from './schema-keys.ts'
import { type Authored, gatewaySchema, jsonSchema, type JsonSchema } from './schema/gateway.ts'
import { isPlaceholder, type Resolved } from './secrets.ts'
import { expectationOf } from './words.ts'

export interface Validated {
  /** What the schema made of the data; undefined when hardly anything is right. */
  readonly authored: Authored | undefined
  /** The data that `authored` was made of. */
  readonly data: Record<string, unknown>
  readonly complaints: readonly Complaint[]
  /** Whether `authored` is all of it: nothing was left out because it is wrong or not known. */
  readonly isWhole: boolean
}

/** @param written the data before placeholders were replaced */
export function validate(
  written: Record<string, unknown>,
  { data, redact, isOpen: isMemberOpen }: Resolved,
  known: Known,
): Validated {
  const schema = gatewaySchema(known)
  let json: JsonSchema | undefined
  const keysAt = (path: Path) => schemaKeysAt((json ??= jsonSchema(known)), path)

  const parse = (candidate: Record<string, unknown>) => {
    const result = schema.safeParse(candidate, { error: expectationOf })
    return result.success
      ? { authored: result.data, findings: [] }
      : { authored: undefined, findings: findingsOf(result.error.issues, candidate, keysAt) }
  }
  const isOpen = ({ path }: Finding) => {
    const holder = valueAt(candidate, path.slice(0, -1))
    const key = path.at(-1)
    return (
      key !== undefined &&
      typeof holder === 'object' &&
      holder !== null &&
      isMemberOpen(holder, key)
    )
  }

  let candidate = data
  let { authored, findings } = parse(candidate)
  const retyped = retype(written, candidate, findings)
  if (retyped) {
    candidate = retyped
    ;({ authored, findings } = parse(candidate))
  }

  const complaints: Complaint[] = []
  for (const finding of findings) {
    if (isOpen(finding)) continue
    const found = valueAt(written, finding.path)
    const message = redact(wordsOf(finding, found), found)
    complaints.push({ ...placeAt(candidate, finding.path, finding.aim), message })
  }
  const isWhole = authored !== undefined

  // First without the pieces that are wrong, then, when that leaves a hole, without what has the hole.
  for (let attempt = 0; attempt < 3 && authored === undefined; attempt++) {
    const paths = findings.map((finding) =>
      attempt === 0 && isOpen(finding) ? finding.path : unitOf(finding.path),
    )
    candidate = prune(candidate, paths)
    ;({ authored, findings } = parse(candidate))
  }
  return { authored, data: candidate, complaints, isWhole }
}

/** A text that is one placeholder may stand for a number, true or false where the schema wants one. */
function retype(
  written: Record<string, unknown>,
  data: Record<string, unknown>,
  findings: readonly Finding[],
): Record<string, unknown> | undefined {
  let retyped: Record<string, unknown> | undefined
  for (const { path } of findings) {
    const text = valueAt(data, path)
    if (typeof text !== 'string' || !isPlaceholder(valueAt(written, path))) continue
    if (!/^(?:-?\d+(?:\.\d+)?|true|false)$/.test(text)) continue
    retyped = replaceAt(retyped ?? data, path, JSON.parse(text))
  }
  return retyped
}
