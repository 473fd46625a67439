/** One route: its filters in the order of their phases, and its endpoint, compiled to a pipeline. */

import type { Clock } from '#base/clock'
import type { Authenticators } from '#compile/authenticators'
import type { BoundServices } from '#compile/bound-services'
import type { CallSlotTable } from '#compile/call-slots'
import type { GatewayConfig, RouteConfig } from '#config/config'
import { groupKey } from '#compile/groups'
import { optionsOf } from '#config/inherit'
import type { LimitNews } from '#compile/limit-news'
import type { Stores } from '#compile/stores'
import type { Known } from '#config/known'
import { planIn } from '#config/plans'
import { noStreams } from '#compile/no-streams'
import { routeForm } from '#compile/route-form'
import { tunnelPlaces } from '#compile/tunnel-places'
import { versionNotice } from '#compile/version-notice'
import { compilePipeline } from '#proxy/pipeline'
import type { RouteProgram } from '#proxy/program'
import type { Filter, FilterDefinition, Host, Log } from '#sdk/filter'
import { type Phase, PHASES } from '#sdk/phase'
import { PRIORITIES, type Priority } from '#sdk/priority'
import type { ServiceRegistry } from '#services/registry'

/** What routes are compiled with. */
export interface RouteSetting {
  readonly known: Known
  readonly clock: Clock
  readonly log: Log
  /** Every filter made, to be closed with the program. */
  readonly filters: Filter[]
  readonly bound: BoundServices
  readonly authenticators: Authenticators
  readonly stores: Stores
  readonly plans: GatewayConfig['plans']
  readonly limits: LimitNews
  readonly slots: CallSlotTable
  readonly services: ServiceRegistry
  /** Numbers of the counters of stages and versions, by `groupKey`. */
  readonly groups: Readonly<Record<string, number>>
  /** What holds for requests that no route claims, by stage. */
  readonly unmatched: GatewayConfig['unmatched']
}

/** What all routes of a stage have of the gateway. */
export function hostPartsOf(
  { authenticators, stores, plans, limits }: RouteSetting,
  stage: string,
): Pick<Host, 'authenticator' | 'store' | 'plans' | 'storeFailed' | 'wouldRefuse'> {
  return {
    authenticator: (name) => authenticators.of(name, stage),
    store: (name) => stores.of(name),
    plans: plans.map((plan) => planIn(plan, stage)),
    storeFailed: limits.storeFailed,
    wouldRefuse: limits.wouldRefuse,
  }
}

/** A route as the contract orders it: the filters with their phases, and the options they get. */
export function filtersInOrder(
  features: RouteConfig['features'],
  known: readonly FilterDefinition[],
): OrderedFilter[] {
  return known
    .filter(({ name }) => Object.hasOwn(features, name))
    .flatMap((definition): OrderedFilter[] => {
      const { phase, parts } = definition
      const options = optionsOf(definition, features[definition.name]!)
      if (parts !== undefined)
        return parts(options).map((part) => ({
          definition,
          options: part.options,
          phase: part.phase,
        }))
      return [{ definition, options, phase: typeof phase === 'function' ? phase(options) : phase }]
    })
    .toSorted((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase))
}

interface OrderedFilter {
  readonly definition: FilterDefinition
  readonly options: unknown
  readonly phase: Phase
}

export const SHIELD = PHASES.indexOf('shield')

export function compileRoute(route: RouteConfig, setting: RouteSetting): RouteProgram {
  const { known, clock, log } = setting
  const { stage = '', api } = route
  const host = {
    clock,
    log,
    route: route.name,
    stage,
    endpoint: route.endpoint.kind,
    ...hostPartsOf(setting, stage),
  }
  const ordered = filtersInOrder(route.features, known.filters)
  const guards: Filter[] = []
  const filters = ordered.map(({ definition, options, phase }) => {
    const filter = definition.create(options, { ...host, phase })
    if (filter.close) setting.filters.push(filter)
    if (definition.body?.reply === 'whole') guards.push(noStreams(definition))
    return filter
  })
  // What is over says so before it asks for credentials, and to other origins too.
  const shielding = ordered.filter(({ phase }) => PHASES.indexOf(phase) <= SHIELD).length
  if (api?.lifecycle !== undefined || route.match.version !== undefined)
    filters.splice(shielding, 0, versionNotice(api?.lifecycle, route.match.version, clock))
  const definition = known.endpoints.find(({ name }) => name === route.endpoint.kind)
  if (definition === undefined) throw new Error(`no endpoint is called ${route.endpoint.kind}`)
  const options: unknown = definition.options.parse(route.endpoint.options)
  const called = definition.references?.(options) ?? []
  const endpoint = definition.create(options, {
    ...host,
    phase: 'deliver',
    service: (name) => setting.bound.for(name, route),
  })
  return {
    name: route.name,
    pattern: route.match.paths[0] ?? '',
    stage,
    api: api?.name ?? '',
    version: api?.version ?? '',
    group: setting.groups[groupKey(route)] ?? 0,
    priority: priorityOf(route),
    form: called.length === 0 ? '' : routeForm(route, called, setting),
    tunnelPlaces: tunnelPlaces(route, setting.slots, setting.services.shared),
    answersPreflights: ordered.some((one) => one.definition.answersPreflights === true),
    pipeline: compilePipeline([...filters, ...guards], endpoint),
    onFinish: filters.flatMap((filter) => filter.onFinish?.bind(filter) ?? []),
  }
}

function priorityOf({ features }: RouteConfig): number {
  const nearest = features['priority']?.settings.at(-1) as Priority | undefined
  return PRIORITIES[nearest ?? 'normal']
}
