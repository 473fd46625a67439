/** Secrets stand elsewhere: in the environment, or in files of their own. */

import type { Key } from './complaint.ts'
import { writtenAt } from './origin.ts'
import type { Report } from './report.ts'
import { isPlaceholder } from './secrets.ts'

/** Complains of a member that holds a secret as it is, and not by a placeholder. */
export function checkNoLiteral(holder: object, key: Key, report: Report): void {
  if (isPlaceholder(writtenAt(holder, key))) return
  const message = 'found a secret in the file, expected ${env:NAME} or ${file:path}'
  report.complain(holder, key, message)
}

/** Complains of a URL that holds a password as it is. */
export function checkNoPassword(holder: object, key: Key, report: Report): void {
  const written = String(writtenAt(holder, key)).replaceAll(/\$\{[^}]*\}/g, '')
  if (!/^[\w+.-]+:\/\/[^@:]*:[^@]+@/.test(written)) return
  const message = 'found a password in the file, expected ${env:NAME} or ${file:path} in its place'
  report.complain(holder, key, message)
}
