/** Stores: those that were written, and `memory`, which is there anyway. */

import type { StoreConfig } from './config.ts'
import { memberOf } from './origin.ts'
import type { Report } from './report.ts'

export const DEFAULT_STORE = 'memory'

export function compileStores(root: object): Record<string, StoreConfig> {
  const written = memberOf(root, 'stores') ?? {}
  const stores: Record<string, StoreConfig> = {
    [DEFAULT_STORE]: { kind: DEFAULT_STORE, options: memberOf(written, DEFAULT_STORE) ?? {} },
  }
  for (const [name, store] of Object.entries(written)) {
    const [kind, options] = Object.entries(store as object)[0] ?? []
    if (name !== DEFAULT_STORE && kind !== undefined) stores[name] = { kind, options }
  }
  return stores
}

/** No feature of today asks for another store by name. */
export function warnOfUnusedStores(root: object, report: Report): void {
  const written = memberOf(root, 'stores') ?? {}
  for (const name of Object.keys(written)) {
    if (name !== DEFAULT_STORE) report.warn(written, name, 'no route uses this store', 'key')
  }
}
