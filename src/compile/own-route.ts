/** Routes that nobody wrote: where requests go that no route claims, and what authenticators answer themselves. */

import { groupKey } from '#compile/groups'
import { filtersInOrder, hostPartsOf, type RouteSetting, SHIELD } from '#compile/route'
import { HeaderList } from '#http/header-list'
import type { HttpExchange } from '#proxy/exchange'
import { compilePipeline } from '#proxy/pipeline'
import type { RouteProgram } from '#proxy/program'
import type { Authenticator } from '#sdk/authenticator'
import { Fault } from '#sdk/fault'
import type { Endpoint } from '#sdk/filter'
import { PHASES } from '#sdk/phase'
import { PRIORITIES } from '#sdk/priority'
import { Reply, replyToFault } from '#sdk/reply'

/** It asks for no credentials, and says what was wrong. */
const unmatched: Endpoint = (ex) => {
  const { fault = 'ROUTE_NOT_FOUND', allow } = (ex as HttpExchange).match
  if (ex.request.path === '*') return new Reply(204) // OPTIONS *: asks whether we are there (RFC 9110 §9.3.7)
  return replyToFault(
    new Fault(fault),
    allow === undefined ? new HeaderList() : new HeaderList(['allow', allow.join(', ')]),
  )
}

export function fallbackOf(stage: string, setting: RouteSetting): RouteProgram {
  return ownRoute('(none)', '', stage, unmatched, setting)
}

/** A path that an authenticator answers itself: nobody is asked for credentials there. */
export function answering(
  authenticator: Authenticator,
  name: string,
  pattern: string,
  stage: string | undefined,
  setting: RouteSetting,
): RouteProgram {
  const answer: Endpoint = (ex) =>
    authenticator.answer?.(ex) ?? replyToFault(new Fault('ROUTE_NOT_FOUND'))
  return ownRoute(name, pattern, stage ?? '', answer, setting)
}

function ownRoute(
  name: string,
  pattern: string,
  stage: string,
  endpoint: Endpoint,
  setting: RouteSetting,
): RouteProgram {
  const { clock, log, known } = setting
  const host = { clock, log, route: name, stage, endpoint: '', ...hostPartsOf(setting, stage) }
  // Nobody is known here: what is asked before credentials are is all there is.
  const filters = filtersInOrder(setting.unmatched[stage] ?? {}, known.filters)
    .filter(({ phase }) => PHASES.indexOf(phase) <= SHIELD)
    .map(({ definition, options, phase }) => definition.create(options, { ...host, phase }))
  setting.filters.push(...filters.filter(({ close }) => close !== undefined))
  return {
    name,
    pattern,
    stage,
    api: '',
    version: '',
    group: setting.groups[groupKey({ stage })] ?? 0,
    priority: PRIORITIES.normal,
    form: '',
    tunnelPlaces: undefined,
    answersPreflights: false,
    pipeline: compilePipeline(filters, endpoint),
    onFinish: filters.flatMap((filter) => filter.onFinish?.bind(filter) ?? []),
  }
}
