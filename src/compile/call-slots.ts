/** Where in the shared memory the state of each service stands, under the rules that routes call it by. */

import { callKeys } from '#compile/call-keys'
import { Slots } from '#compile/slots'
import { callRulesOf } from '#config/call-rules'
import type { GatewayConfig, RouteConfig } from '#config/config'
import type { Known } from '#config/known'
import { keyOfService } from '#config/services'
import { clearCallState, MAX_CALL_STATES, type SharedStates } from '#services/shared-states'

/** By the keys of `callKeys`. */
export type CallSlotTable = Readonly<Record<string, number>>

/** What it takes of a configuration. */
export type Slotted = Pick<GatewayConfig, 'services' | 'routes'>

export class CallSlots {
  readonly #slots: Slots

  constructor(states: SharedStates) {
    const what = 'services, with the rules that routes have for them'
    this.#slots = new Slots(MAX_CALL_STATES, what, (slot) => clearCallState(states, slot))
  }

  /** Fails when there are too many. */
  assign(config: Slotted, known: Known): CallSlotTable {
    const keys = [...keysOfCalls(config, known)]
    return Object.fromEntries(keys.map((key) => [key, this.#slots.of(key)]))
  }

  /** It is in force now. */
  keep(table: CallSlotTable): void {
    this.#slots.keep(new Set(Object.keys(table)))
  }
}

function keysOfCalls({ services, routes }: Slotted, { filters, endpoints }: Known): Set<string> {
  const keys = new Set<string>()
  for (const route of routes) {
    for (const named of servicesOf(route, endpoints)) {
      const name = keyOfService(services, named, route.stage)
      const rules = callRulesOf(services[name]!, route.features, filters)
      for (const key of Object.values(callKeys(name, route, rules))) keys.add(key)
    }
  }
  return keys
}

/** The services that a route's endpoint calls. */
function servicesOf({ endpoint }: RouteConfig, endpoints: Known['endpoints']): readonly string[] {
  const { options, references } = endpoints.find(({ name }) => name === endpoint.kind)!
  if (references === undefined) return []
  return references(options.parse(endpoint.options)).map((reference) =>
    reference.kind === 'service' ? reference.name : reference.url,
  )
}
