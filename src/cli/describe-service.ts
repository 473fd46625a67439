/** What `explain` says of the services that a route calls: where their targets are looked for, and how they are called. */

import type { GatewayConfig, RouteConfig } from '#config/config'
import { callRulesOf } from '#config/call-rules'
import type { Known } from '#config/known'
import { keyOfService } from '#config/service-key'
import { describeRules } from './describe-rules.ts'

/** Where targets are not written down, where they come from; whether anyone could answer for them; the rules that hold. */
export function describeServices(
  { endpoint, stage, features }: RouteConfig,
  { services }: GatewayConfig,
  { endpoints, filters }: Known,
): string[] {
  const { options, references } = endpoints.find(({ name }) => name === endpoint.kind)!
  const all = references?.(options.parse(endpoint.options)) ?? []
  const names = new Set(all.flatMap((one) => (one.kind === 'service' ? one.name : [])))
  return [...names].flatMap((name) => {
    const service = services[keyOfService(services, name, stage)]
    if (service === undefined) return []
    const { discover, source, tls } = service
    const found = discover === undefined ? [] : [`service   ${name}  discover ${source}`]
    if (tls?.verify === false) found.push(`service   ${name}  tls: its certificate is NOT VERIFIED`)
    return found.concat(describeRules(name, callRulesOf(service, features, filters)))
  })
}
