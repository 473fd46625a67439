/** A file that holds a list of targets and nothing else, in YAML or JSON. */

import { type Complaint, type Path, showPath } from './complaint.ts'
import type { ServiceConfig } from './config.ts'
import { findingsOf, valueAt, wordsOf } from './issues.ts'
import { placeAt } from './origin.ts'
import { TARGET_KEYS, targetList } from './schema/services.ts'
import { expectationOf } from './words.ts'
import { parseYaml } from './yaml.ts'

/** All of them, or everything that is wrong. */
export type TargetList =
  | { readonly ok: true; readonly targets: ServiceConfig['targets'] }
  | { readonly ok: false; readonly complaints: readonly Complaint[] }

export function readTargetList(file: string, text: string): TargetList {
  const { data, complaints } = parseYaml(file, text)
  if (complaints.length > 0) return { ok: false, complaints }
  const parsed = targetList.safeParse(data, { error: expectationOf })
  if (parsed.success) return { ok: true, targets: parsed.data }
  const placeOf = (path: Path, aim: 'key' | 'value') =>
    typeof data === 'object' && data !== null
      ? placeAt(data, path, aim)
      : { file, line: 1, column: 1, path: showPath(path) }
  const findings = findingsOf(parsed.error.issues, data, () => TARGET_KEYS)
  return {
    ok: false,
    complaints: findings.map((finding) =>
      Object.assign(placeOf(finding.path, finding.aim), {
        message: wordsOf(finding, valueAt(data, finding.path)),
      }),
    ),
  }
}
