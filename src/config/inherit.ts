/** What is written on `defaults`, on an API and on a route -> what holds on the route, and from where. */

import type { FilterDefinition } from '#sdk/filter'
import type { FeatureConfig } from './config.ts'
import { memberOf } from './origin.ts'

/** One place where features and endpoints stand. */
export interface Layer {
  /** `defaults`, `api NAME` or `route`. */
  readonly from: string
  /** Settings as the schema gave them. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The same mapping as written: tells what the author said from what the schema filled in. */
  readonly written: object
}

export interface Inherited {
  readonly features: Record<string, FeatureConfig>
  /** Protections of an outer layer that an inner one switched off. */
  readonly lost: readonly { readonly name: string; readonly layer: Layer; readonly from: string }[]
}

/** @param layers outermost first */
export function inheritFeatures(
  filters: readonly FilterDefinition[],
  layers: readonly Layer[],
): Inherited {
  const features: Record<string, FeatureConfig> = {}
  const lost: Inherited['lost'][number][] = []

  for (const filter of filters) {
    let held: FeatureConfig | undefined
    for (const layer of layers) {
      if (memberOf(layer.written, filter.name) === undefined) continue
      const setting = layer.settings[filter.name]
      if (setting !== false || filter.options.safeParse(false).success) {
        held = addLayer(filter, held, setting, layer.from)
        continue
      }
      if (held && filter.protects) {
        lost.push({ name: filter.name, layer, from: held.from.join(', ') })
      }
      held = undefined
    }
    if (held) features[filter.name] = held
  }
  return { features, lost }
}

function addLayer(
  { combine, merge }: FilterDefinition,
  outer: FeatureConfig | undefined,
  setting: unknown,
  from: string,
): FeatureConfig {
  if (combine === 'adds') {
    const list = [setting].flat()
    if (!outer) return { options: list, from: [from] }
    const both = merge ? merge(outer.options, list) : [...(outer.options as unknown[]), ...list]
    return { options: both, from: [...outer.from, from] }
  }
  if (combine !== 'members' || !outer) return { options: setting, from: [from] }
  const merged = (merge ?? mergeMembers)(outer.options, setting)
  return { options: merged, from: [...outer.from, from] }
}

/** A member that the inner one leaves out stays the outer one's. */
function mergeMembers(outer: unknown, inner: unknown): unknown {
  if (!isMembers(outer) || !isMembers(inner)) return inner
  const merged = { ...outer }
  for (const [name, value] of Object.entries(inner)) if (value !== undefined) merged[name] = value
  return merged
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
