/** A configuration on its way to the workers: JSON texts small enough that reading one stops nobody. */

import type { CallSlotTable } from '#compile/call-slots'
import type { GatewayConfig, RouteConfig, ServiceRules } from '#config/config'

export interface Parcel {
  readonly generation: number
  /** All but the routes, as JSON. */
  readonly base: string
  /** Routes, a few per text, as JSON. */
  readonly routes: readonly string[]
  /** Of its stores, by name. */
  readonly memories: Readonly<Record<string, SharedArrayBuffer>>
}

export interface ParcelBase {
  readonly slots: CallSlotTable
  /** Their targets come and go on their own: the workers are told of them elsewhere. */
  readonly services: Readonly<Record<string, ServiceRules>>
  readonly authenticators: GatewayConfig['authenticators']
  readonly ownPaths: GatewayConfig['ownPaths']
  readonly stores: GatewayConfig['stores']
  readonly plans: GatewayConfig['plans']
  readonly unmatched: GatewayConfig['unmatched']
  readonly stages: GatewayConfig['stages']
  /** Numbers of the counters of stages and versions, by `groupKey`. */
  readonly groups: Readonly<Record<string, number>>
  readonly problems: GatewayConfig['problems']
  readonly overload: GatewayConfig['overload']
  /** How long connections live on whose route is gone. */
  readonly drainMs: number
}

/** So many routes take about a tenth of a millisecond to read. */
const ROUTES_PER_TEXT = 50

export function packParcel(
  config: GatewayConfig,
  { slots, groups, memories }: Pick<ParcelBase, 'slots' | 'groups'> & Pick<Parcel, 'memories'>,
  generation: number,
): Parcel {
  const { authenticators, ownPaths, stores, plans, unmatched, stages, problems, overload } = config
  const drainMs = config.shutdown.deadline
  const services = Object.fromEntries(
    Object.entries(config.services).map(([name, service]) => {
      const { targets: _, discover: _d, source: _s, allowedNetworks: _a, ...rules } = service
      return [name, rules]
    }),
  )
  const base: ParcelBase = {
    slots,
    services,
    authenticators,
    ownPaths,
    stores,
    plans,
    unmatched,
    stages,
    groups,
    problems,
    overload,
    drainMs,
  }
  const routes: string[] = []
  for (let i = 0; i < config.routes.length; i += ROUTES_PER_TEXT) {
    routes.push(JSON.stringify(config.routes.slice(i, i + ROUTES_PER_TEXT)))
  }
  return { generation, base: JSON.stringify(base), routes, memories }
}

export function openBase(parcel: Parcel): ParcelBase {
  return JSON.parse(parcel.base) as ParcelBase
}

export function openRoutes(text: string): RouteConfig[] {
  return JSON.parse(text) as RouteConfig[]
}
