/** Who shares what: routes of a stage that say the same of a service have one breaker and one limit of it, however else they differ. */

import type { RouteConfig } from '#config/config'
import type { CallRules } from '#sdk/call-rules'

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
  const of = (what: string, rules?: object): string =>
    `${what}\n${stage ?? ''}\n${service}\n${rules === undefined ? '' : JSON.stringify(rules)}`
  return {
    budget: of('budget'),
    ...(circuitBreaker && { breaker: of('breaker', circuitBreaker) }),
    ...(concurrency && { limit: of('limit', concurrency) }),
  }
}
