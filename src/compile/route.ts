/** One route: its filters in the order of their phases, and its endpoint, compiled to a pipeline. */

import type { Clock } from '#base/clock'
import type { Authenticators } from '#compile/authenticators'
import type { BoundServices } from '#compile/bound-services'
import type { CallSlotTable } from '#compile/call-slots'
import type { RouteConfig } from '#config/config'
import { groupKey } from '#compile/groups'
import { optionsOf } from '#config/inherit'
import type { Known } from '#config/known'
import { noStreams } from '#compile/no-streams'
import { routeForm } from '#compile/route-form'
import { tunnelPlaces } from '#compile/tunnel-places'
import { versionNotice } from '#compile/version-notice'
import type { HttpExchange } from '#proxy/exchange'
import { compilePipeline } from '#proxy/pipeline'
import type { RouteProgram } from '#proxy/program'
import { Fault } from '#sdk/fault'
import type { Authenticator } from '#sdk/authenticator'
import type { Endpoint, Filter, FilterDefinition, Log } from '#sdk/filter'
import { PHASES } from '#sdk/phase'
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
  readonly slots: CallSlotTable
  readonly services: ServiceRegistry
  /** Numbers of the counters of stages and versions, by `groupKey`. */
  readonly groups: Readonly<Record<string, number>>
}

/** A route as the contract orders it: the filters with their phases, and the options they get. */
export function filtersInOrder(
  features: RouteConfig['features'],
  known: readonly FilterDefinition[],
): { readonly definition: FilterDefinition; readonly options: unknown }[] {
  return known
    .filter(({ name }) => Object.hasOwn(features, name))
    .map((definition) => ({
      definition,
      options: optionsOf(definition, features[definition.name]!),
    }))
    .toSorted((a, b) => rank(a) - rank(b))
}

const SHIELD = PHASES.indexOf('shield')

function rank({
  definition: { phase },
  options,
}: {
  definition: FilterDefinition
  options: unknown
}): number {
  return PHASES.indexOf(typeof phase === 'function' ? phase(options) : phase)
}

export function compileRoute(route: RouteConfig, setting: RouteSetting): RouteProgram {
  const { known, clock, log } = setting
  const { stage = '', api } = route
  const host = {
    clock,
    log,
    route: route.name,
    stage,
    authenticator: (name: string) => setting.authenticators.of(name, stage),
  }
  const ordered = filtersInOrder(route.features, known.filters)
  const guards: Filter[] = []
  const filters = ordered.map(({ definition, options }) => {
    const filter = definition.create(options, host)
    if (filter.close) setting.filters.push(filter)
    if (definition.body?.reply === 'whole') guards.push(noStreams(definition))
    return filter
  })
  // What is over says so before it asks for credentials, and to other origins too.
  const shielding = ordered.filter((filter) => rank(filter) <= SHIELD).length
  if (api?.lifecycle !== undefined || route.match.version !== undefined)
    filters.splice(shielding, 0, versionNotice(api?.lifecycle, route.match.version, clock))
  const definition = known.endpoints.find(({ name }) => name === route.endpoint.kind)
  if (definition === undefined) throw new Error(`no endpoint is called ${route.endpoint.kind}`)
  const options: unknown = definition.options.parse(route.endpoint.options)
  const called = definition.references?.(options) ?? []
  const endpoint = definition.create(options, {
    ...host,
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
