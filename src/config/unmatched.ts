/** What `defaults` say of requests that no route claims: who may knock at all, and how often. */

import type { StageRule } from '#routing/stage-table'
import type { GatewayConfig } from './config.ts'
import { inheritFeatures, layerOf } from './inherit.ts'
import type { Known } from './known.ts'
import { memberOf } from './origin.ts'
import type { Authored } from './schema/gateway.ts'
import { layerIn } from './stages.ts'

export function compileUnmatched(
  { defaults }: Authored,
  root: object,
  stages: readonly StageRule[],
  known: Known,
): GatewayConfig['unmatched'] {
  const layer = layerOf('defaults', defaults, memberOf(root, 'defaults'))
  const filters = known.filters.filter(({ ofUnmatched }) => ofUnmatched === true)
  const inStage = (stage: string | undefined) =>
    inheritFeatures(filters, [layerIn(layer, stage, known)]).features
  return Object.fromEntries([
    ['', inStage(undefined)],
    ...stages.map(({ name }) => [name, inStage(name)] as const),
  ])
}
