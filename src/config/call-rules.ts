/** The rules that hold for a route's calls of a service: the service's own, and over them, member by member, the route's. */

import type { CallRules } from '#sdk/call-rules'
import { FALLBACK_REASONS, type FallbackRules } from '#sdk/fallback'
import type { FilterDefinition } from '#sdk/filter'
import { mirrorDefaults, type MirrorRules } from '#sdk/mirror'
import type { RouteConfig, ServiceRules } from './config.ts'
import { optionsOf } from './inherit.ts'
import type { Known } from './known.ts'
import { memberOf } from './origin.ts'
import { mentionsOf } from './references.ts'
import type { Report } from './report.ts'
import type { CompiledRoute } from './routes.ts'
import { breakerDefaults, concurrencyDefaults, hedgeDefaults } from './schema/services.ts'
import { keyOfService } from './service-key.ts'

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
    hedge: overOrOff(hedgeDefaults, service.hedge, said('hedge')),
    fallback: whole<FallbackRules>({ on: FALLBACK_REASONS }, service.fallback, said('fallback')),
    mirror: whole<MirrorRules>(mirrorDefaults, service.mirror, said('mirror')),
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
    const { features, stage } = route.config
    const rulesOf = (name: string): CallRules | undefined => {
      const service = services[keyOfService(services, name, stage)]
      return service && callRulesOf(service, features, known.filters)
    }
    const named = mentionsOf(route, known).map(({ reference }) =>
      reference.kind === 'service' ? reference.name : reference.url,
    )
    const others = named.flatMap((name) => othersIn(rulesOf(name) ?? {}))
    const unbound = named.concat(others).find((name) => rulesOf(name)?.concurrency?.max === 0)
    if (unbound === undefined) continue
    const written = memberOf(layer.written, 'concurrency') as object
    const message = `found no max, expected it here or on the service ${unbound}`
    report.complain(written, undefined, message)
  }
}

/** Other services that calls under these rules may go to. */
export function othersIn({ fallback, mirror }: Partial<CallRules>): string[] {
  return [
    ...(fallback !== undefined && 'to' in fallback.by ? [fallback.by.to] : []),
    ...(mirror === undefined ? [] : [mirror.to]),
  ]
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

/** What neither the route nor the service says is as in `defaults`; without a word of either there is none. */
function whole<Rules extends object>(
  defaults: Partial<Rules>,
  own: object | undefined,
  said: Said,
): Rules | undefined {
  if (said === false || (said === undefined && own === undefined)) return undefined
  return over(over(defaults, own), said) as Rules
}
