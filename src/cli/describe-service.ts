/** What `explain` says of the services that a route calls: where their targets are looked for. */

import type { GatewayConfig, RouteConfig } from '#config/config'
import type { Known } from '#config/known'
import { keyOfService } from '#config/service-key'

/** One line for each service whose targets are not written down. */
export function describeServices(
  { endpoint, stage }: RouteConfig,
  { services }: GatewayConfig,
  { endpoints }: Known,
): string[] {
  const { options, references } = endpoints.find(({ name }) => name === endpoint.kind)!
  const all = references?.(options.parse(endpoint.options)) ?? []
  const names = new Set(all.flatMap((one) => (one.kind === 'service' ? one.name : [])))
  return [...names].flatMap((name) => {
    const service = services[keyOfService(services, name, stage)]
    if (service?.discover === undefined) return []
    return `service   ${name}  discover ${service.source}`
  })
}
