/** The rules that hold for a route's calls of a service: the service's own, and over them, member by member, the route's. */

import type { CallRules } from '#sdk/call-rules'
import type { FilterDefinition } from '#sdk/filter'
import type { RouteConfig, ServiceRules } from './config.ts'
import { optionsOf } from './inherit.ts'
import type { Known } from './known.ts'
import { memberOf } from './origin.ts'
import { mentionsOf } from './references.ts'
import type { Report } from './report.ts'
import type { CompiledRoute } from './routes.ts'
import { breakerDefaults, concurrencyDefaults } from './schema/services.ts'

export function callRulesOf(
  service: ServiceRules,
  features: RouteConfig['features'],
  filters: readonly FilterDefinition[],
): CallRules {
  const said = (name: keyof CallRules): Said => {
    const feature = features[name]
    const definition = feature && filters.find((filter) => filter.name === name)
    return definition && (optionsOf(definition, feature) as Said)
  }
  const retry = said('retry')
  return {
    timeout: over(service.timeout, said('timeout')),
    retry: retry === false ? { ...service.retry, attempts: 1 } : over(service.retry, retry),
    circuitBreaker: overOrOff(breakerDefaults, service.circuitBreaker, said('circuitBreaker')),
    concurrency: overOrOff(concurrencyDefaults, service.concurrency, said('concurrency')),
  }
}

/** Each that a route says of a service must be whole together with what the service says. */
export function checkCallRules(
  routes: readonly CompiledRoute[],
  services: Readonly<Record<string, ServiceRules>>,
  known: Known,
  report: Report,
): void {
  for (const route of routes) {
    const layer = route.layers.findLast(({ written }) => memberOf(written, 'concurrency'))
    if (layer === undefined) continue
    for (const { reference } of mentionsOf(route, known)) {
      const name = reference.kind === 'service' ? reference.name : reference.url
      const service = services[name]
      const rules = service && callRulesOf(service, route.config.features, known.filters)
      if (rules?.concurrency?.max !== 0) continue
      const written = memberOf(layer.written, 'concurrency') as object
      report.complain(
        written,
        undefined,
        `found no max, expected it here or on the service ${name}`,
      )
      break
    }
  }
}

/** What the route says: nothing, a part of the members, or that there is to be none. */
type Said = object | false | undefined

function over<Rules extends object>(own: Rules, said: Said): Rules {
  if (said === undefined || said === false) return own
  const defined = Object.entries(said).filter(([, value]) => value !== undefined)
  return { ...own, ...Object.fromEntries(defined) }
}

function overOrOff<Rules extends object>(
  defaults: Rules,
  own: Rules | undefined,
  said: Said,
): Rules | undefined {
  if (said === undefined) return own
  return said === false ? undefined : over(own ?? defaults, said)
}
