/** What is to be said of stores beyond what the schema does. */

import { memberOf } from './origin.ts'
import type { Report } from './report.ts'

/** No feature of today asks for a store: it is checked, and not opened. */
export function warnOfUnusedStores(root: object, report: Report): void {
  const written = memberOf(root, 'stores') ?? {}
  for (const name of Object.keys(written)) {
    report.warn(written, name, 'no route uses this store', 'key')
  }
}
