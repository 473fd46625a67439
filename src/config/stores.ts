/** Stores: those that were written, and `memory`, which is there anyway. */

import { hintOrList } from '#base/nearest'
import type { Key } from './complaint.ts'
import type { StoreConfig } from './config.ts'
import type { Known } from './known.ts'
import { checkNoLiteral, checkNoPassword } from './literal-secrets.ts'
import { memberOf } from './origin.ts'
import type { Report } from './report.ts'
import type { CompiledRoute } from './routes.ts'
import type { Authored } from './schema/gateway.ts'

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

/** Secrets stand elsewhere, and so do the passwords of URLs. */
export function checkStoreSecrets(root: object, known: Known, report: Report): void {
  const written = memberOf(root, 'stores') ?? {}
  for (const name of Object.keys(written)) {
    if (name === DEFAULT_STORE) continue
    const store = memberOf(written, name) as object
    const definition = known.stores.find((one) => memberOf(store, one.name) !== undefined)
    for (const [holder, key] of textsIn(store))
      if (definition?.secrets?.includes(String(key)) === true) checkNoLiteral(holder, key, report)
      else checkNoPassword(holder, key, report)
  }
}

function* textsIn(holder: object): IterableIterator<readonly [holder: object, key: Key]> {
  for (const [name, member] of Object.entries(holder) as [string, unknown][])
    if (typeof member === 'object' && member !== null) yield* textsIn(member)
    else if (typeof member === 'string') yield [holder, Array.isArray(holder) ? Number(name) : name]
}

/** Every store that routes and plans name is there; returns those that are named. */
export function checkStoreNames(
  routes: readonly CompiledRoute[],
  { plans }: Authored,
  root: object,
  stores: Readonly<Record<string, StoreConfig>>,
  { filters }: Known,
  report: Report,
): ReadonlySet<string> {
  const used = new Set<string>()
  const names = new Set(Object.keys(stores))
  const check = (named: readonly string[], holder: object, key: string): void => {
    for (const name of named) {
      used.add(name)
      if (names.has(name)) continue
      report.complain(
        holder,
        key,
        `found no store ${JSON.stringify(name)}${hintOrList(name, names)}`,
      )
    }
  }
  for (const { config, layers } of routes) {
    for (const { name, stores: storesIn } of filters) {
      const from = config.features[name]?.from ?? []
      if (storesIn === undefined) continue
      for (const layer of layers)
        if (from.includes(layer.from)) check(storesIn(layer.settings[name]), layer.written, name)
    }
  }
  const written = memberOf(root, 'plans') ?? {}
  for (const [name, plan] of Object.entries(plans)) {
    for (const part of [plan, ...Object.values(plan.stages ?? {})] as Record<string, unknown>[])
      for (const { name: feature, stores: storesIn } of filters)
        if (storesIn !== undefined && part[feature] !== undefined)
          check(storesIn(part[feature]), memberOf(written, name) as object, feature)
  }
  return used
}

export function warnOfUnusedStores(root: object, used: ReadonlySet<string>, report: Report): void {
  const written = memberOf(root, 'stores') ?? {}
  for (const name of Object.keys(written)) {
    if (name !== DEFAULT_STORE && !used.has(name))
      report.warn(written, name, 'no route uses this store', 'key')
  }
}
