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
import type { HttpExchange } from '#proxy/exchange'
import { compilePipeline } from '#proxy/pipeline'
import type { RouteProgram } from '#proxy/program'
import { Fault } from '#sdk/fault'
import type { Authenticator } from '#sdk/authenticator'
import type { Endpoint, Filter, FilterDefinition, Host, Log } from '#sdk/filter'
import { type Phase, PHASES } from '#sdk/phase'
import { PRIORITIES, type Priority } from '#sdk/priority'
import { HeaderList } from '#http/header-list'
import { Reply, replyToFault } from '#sdk/reply'
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
}

/** What all routes of a stage have of the gateway. */
function hostPartsOf(
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

const SHIELD = PHASES.indexOf('shield')

export function compileRoute(route: RouteConfig, setting: RouteSetting): RouteProgram {
  const { known, clock, log } = setting
  const { stage = '', api } = route
  const host = {
    clock,
    log,
    route: route.name,
    stage,
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

/** Where an exchange goes that no route claims: it asks for no credentials, and says what was wrong. */
const unmatched: Endpoint = (ex) => {
  const { fault = 'ROUTE_NOT_FOUND', allow } = (ex as HttpExchange).match
  if (ex.request.path === '*') return new Reply(204) // OPTIONS *: asks whether we are there (RFC 9110 §9.3.7)
  return replyToFault(
    new Fault(fault),
    allow === undefined ? new HeaderList() : new HeaderList(['allow', allow.join(', ')]),
  )
}

export function fallbackOf(stage: string, setting: Pick<RouteSetting, 'groups'>): RouteProgram {
  return ownRoute('(none)', '', stage, unmatched, setting)
}

/** A path that an authenticator answers itself: nobody is asked for credentials there. */
export function answering(
  authenticator: Authenticator,
  name: string,
  pattern: string,
  stage: string | undefined,
  setting: Pick<RouteSetting, 'groups'>,
): RouteProgram {
  const answer: Endpoint = (ex) =>
    authenticator.answer?.(ex) ?? replyToFault(new Fault('ROUTE_NOT_FOUND'))
  return ownRoute(name, pattern, stage ?? '', answer, setting)
}

/** One that nobody wrote. */
function ownRoute(
  name: string,
  pattern: string,
  stage: string,
  endpoint: Endpoint,
  { groups }: Pick<RouteSetting, 'groups'>,
): RouteProgram {
  return {
    name,
    pattern,
    stage,
    api: '',
    version: '',
    group: groups[groupKey({ stage })] ?? 0,
    priority: PRIORITIES.normal,
    form: '',
    tunnelPlaces: undefined,
    answersPreflights: false,
    pipeline: compilePipeline([], endpoint),
    onFinish: [],
  }
}
