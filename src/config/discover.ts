/** Where a service has its targets from: exactly one place. */

import type { ServiceConfig } from './config.ts'
import { resolveFrom } from './files.ts'
import { checkNoLiteral } from './literal-secrets.ts'
import { memberOf, writtenAt } from './origin.ts'
import type { Report } from './report.ts'
import type { Discover } from './schema/discover.ts'

/** Where targets come from: a service, or each stage of it, has one of them. */
export const SOURCE_KEYS: readonly string[] = ['targets', 'discover']

/** Whether there is a source. `holder`: the service, or what it says of one stage. */
export function checkSource(holder: object, report: Report): boolean {
  // As it was written: what is wrong, or a secret that is not known, is still there.
  const has = (key: string): boolean => writtenAt(holder, key) !== undefined
  if (has('discover') && has('targets')) {
    const message = 'found discover beside targets, expected one of them'
    report.complain(holder, 'discover', message, 'key')
  }
  if (has('targets') && has('allowedNetworks')) {
    const message = 'found allowedNetworks beside targets, expected it where addresses are found'
    report.complain(holder, 'allowedNetworks', message, 'key')
  }
  return has('discover') || has('targets')
}

/** A source, ready to be used, and what people call it. `holder`: what `checkSource` looked at. */
export function compileDiscover(
  discover: Discover | undefined,
  holder: object,
  report: Report,
): Pick<ServiceConfig, 'discover' | 'source'> {
  if (discover === undefined) return {}
  const written = memberOf(holder, 'discover') as object
  if (discover.kind === 'consul' && discover.token !== undefined)
    checkNoLiteral(memberOf(written, 'consul') as object, 'token', report)
  const source = wordsOf(discover, written)
  if (discover.kind !== 'file') return { discover, source }
  return { discover: { ...discover, file: resolveFrom(written, 'file', discover.file) }, source }
}

/** `dns users.internal:3000`, with placeholders as they were written: what they stand for is never shown. */
function wordsOf(discover: Discover, written: object): string {
  const said = writtenAt(written, discover.kind)
  const name = typeof said === 'object' && said !== null ? memberOf(said, 'service') : said
  return `${discover.kind} ${String(name)}${discover.kind === 'dns' ? `:${discover.port}` : ''}`
}
