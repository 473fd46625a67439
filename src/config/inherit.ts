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
  /** The same mapping as written, placeholders replaced. */
  readonly written: object
}

export function layerOf(from: string, settings: object, written: unknown): Layer {
  return { from, settings: settings as Layer['settings'], written: written ?? {} }
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
      const setting = memberOf(layer.written, filter.name)
      if (setting === undefined) continue
      const isOff = setting === false && !filter.options.safeParse(false).success
      if (isOff && held && filter.protects) {
        lost.push({ name: filter.name, layer, from: held.from.join(', ') })
      }
      held = isOff ? undefined : addLayer(filter, held, setting, layer.from)
    }
    if (held) features[filter.name] = held
  }
  return { features, lost }
}

function addLayer(
  { combine = 'whole' }: FilterDefinition,
  outer: FeatureConfig | undefined,
  setting: unknown,
  from: string,
): FeatureConfig {
  if (combine === 'whole' || !outer) return { settings: [setting], from: [from] }
  return { settings: [...outer.settings, setting], from: [...outer.from, from] }
}

/** What `create` gets: each setting as the definition's schema reads it, all of them as one. */
export function optionsOf(
  {
    combine = 'whole',
    merge = combine === 'adds' ? join : mergeMembers,
    ...rest
  }: FilterDefinition,
  { settings, from }: FeatureConfig,
): unknown {
  const { options, scope } = rest
  const read = settings.map((setting, n) => {
    const option: unknown = options.parse(setting)
    return scope === undefined ? option : scope(option, from[n]!)
  })
  return combine === 'adds'
    ? read
        .map((option) => [option].flat())
        .reduce((outer, inner) => merge(outer, inner) as unknown[], [])
    : read.reduce(merge)
}

function join(outer: unknown, inner: unknown): unknown {
  return [...(outer as unknown[]), ...(inner as unknown[])]
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
