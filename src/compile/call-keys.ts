/** Who shares what: routes of a stage that say the same of a service have one breaker and one limit of it, however else they differ. */

import type { RouteConfig } from '#config/config'
import type { CallRules } from '#sdk/call-rules'

/** `tunnels`: of a route, not of a service. */
export type CallPart = 'budget' | 'breaker' | 'limit' | 'tunnels'

/** Names of places in the shared memory; a part that is switched off has none. */
export interface CallKeys {
  readonly budget: string
  readonly breaker?: string
  readonly limit?: string
}

export function callKeys(
  service: string,
  { stage }: Pick<RouteConfig, 'stage'>,
  { circuitBreaker, concurrency }: CallRules,
): CallKeys {
  const of = (what: CallPart, rules?: object): string =>
    `${what}\n${stage ?? ''}\n${service}\n${rules === undefined ? '' : JSON.stringify(rules)}`
  return {
    budget: of('budget'),
    ...(circuitBreaker && { breaker: of('breaker', circuitBreaker) }),
    ...(concurrency && { limit: of('limit', concurrency) }),
  }
}

/** What a key says. */
export function readCallKey(key: string): {
  readonly part: CallPart
  readonly stage: string
  readonly service: string
} {
  const [part, stage = '', service = ''] = key.split('\n')
  return { part: part as CallPart, stage, service }
}
