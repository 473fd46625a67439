/** How many WebSocket connections a route may have, counted over all workers and from one configuration to the next. */

import type { CallSlotTable } from '#compile/call-slots'
import type { RouteConfig } from '#config/config'
import type { TunnelPlaces } from '#proxy/program'
import type { SharedWithWorkers } from '#services/call-states'
import { placesAt } from '#services/concurrency'

/** Names its place in the shared memory; undefined when the route has no bound to them. */
export function tunnelKey({ name, stage, features }: RouteConfig): string | undefined {
  const rules = features['websocket']?.settings.at(-1)
  const isBounded = typeof rules === 'object' && rules !== null && 'connections' in rules
  return isBounded ? `tunnels\n${stage ?? ''}\n${name}` : undefined
}

export function tunnelPlaces(
  route: RouteConfig,
  slots: CallSlotTable,
  { calls, seat, seats }: SharedWithWorkers,
): TunnelPlaces | undefined {
  const key = tunnelKey(route)
  return key === undefined ? undefined : placesAt(calls.limits, slots[key]!, { seat, seats })
}
