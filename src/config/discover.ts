/** Where a service has its targets from: exactly one place. */

import { resolveFrom } from './files.ts'
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

/** The service, with its source ready to be used. */
export function withSource<T extends { discover?: Discover | undefined }>(
  service: T,
  holder: object,
  report: Report,
): T {
  const { discover } = service
  if (discover === undefined) return service
  const written = memberOf(holder, 'discover') as object
  if (discover.kind === 'consul' && discover.token !== undefined)
    checkSecret(memberOf(written, 'consul') as object, 'token', report)
  if (discover.kind !== 'file') return service
  const file = resolveFrom(written, 'file', discover.file)
  return { ...service, discover: { ...discover, file } }
}

function checkSecret(holder: object, key: string, report: Report): void {
  if (/\$\{(?:env|file):/.test(String(writtenAt(holder, key)))) return
  const message = 'found a secret in the file, expected ${env:NAME} or ${file:path}'
  report.complain(holder, key, message)
}

/** A source as people call it. */
export function sourceWords(discover: Discover): string {
  switch (discover.kind) {
    case 'dns':
      return `dns ${discover.name}:${discover.port}`
    case 'srv':
      return `srv ${discover.name}`
    case 'file':
      return `file ${discover.file}`
    case 'consul':
      return `consul ${discover.service}`
  }
}
