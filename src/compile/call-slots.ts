/** Where in the shared memory the state of each service stands, under the rules that routes call it by. */

import { callKeys } from '#compile/call-keys'
import { Slots } from '#compile/slots'
import { tunnelKey } from '#compile/tunnel-places'
import { callRulesOf, othersIn } from '#config/call-rules'
import { authenticatorFor, authenticatorsOf } from '#config/authenticators'
import type { AuthenticatorConfig, GatewayConfig, RouteConfig } from '#config/config'
import { optionsOf } from '#config/inherit'
import type { Known } from '#config/known'
import { keyOfService } from '#config/service-key'
import { type CallStates, clearCallState, MAX_CALL_STATES } from '#services/call-states'

/** By the keys of `callKeys`. */
export type CallSlotTable = Readonly<Record<string, number>>

/** What it takes of a configuration. */
export type Slotted = Pick<GatewayConfig, 'services' | 'routes' | 'authenticators'>

export class CallSlots {
  readonly #slots: Slots

  constructor(states: CallStates) {
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

function keysOfCalls({ services, routes, authenticators }: Slotted, known: Known): Set<string> {
  const keys = new Set<string>()
  const asked = new Set<string>()
  for (const route of routes) {
    const places = tunnelKey(route)
    if (places !== undefined) keys.add(places)
    const callee = (named: string) => {
      const service = services[keyOfService(services, named, route.stage)]!
      return { name: service.name, rules: callRulesOf(service, route.features, known.filters) }
    }
    for (const called of servicesOf(route, known)) {
      for (const named of [called, ...othersIn(callee(called).rules)]) {
        const { name, rules } = callee(named)
        for (const key of Object.values(callKeys(name, route, rules))) keys.add(key)
      }
    }
    const { stage } = route
    for (const named of authenticatorsOf(route, known.filters)) {
      if (asked.has(`${named}@${stage}`)) continue
      asked.add(`${named}@${stage}`)
      for (const called of servicesOfAuthenticator(
        authenticatorFor(authenticators, named, stage),
        known,
      )) {
        const service = services[keyOfService(services, called, stage)]!
        const rules = callRulesOf(service, {}, known.filters)
        for (const key of Object.values(callKeys(service.name, { stage }, rules))) keys.add(key)
      }
    }
  }
  return keys
}

/** Under the rules of the services alone, whatever routes say. */
function servicesOfAuthenticator(
  config: AuthenticatorConfig | undefined,
  known: Known,
): readonly string[] {
  const definition = known.authenticators.find(({ name }) => name === config?.kind)
  const references = definition?.references?.(definition.options.parse(config!.options)) ?? []
  return references.map((one) => (one.kind === 'service' ? one.name : one.url))
}

/** The services that a route calls: its endpoint, and its features. */
function servicesOf({ endpoint, features }: RouteConfig, known: Known): readonly string[] {
  const answers = known.endpoints.find(({ name }) => name === endpoint.kind)!
  const references = [
    ...(answers.references?.(answers.options.parse(endpoint.options)) ?? []),
    ...known.filters.flatMap((filter) => {
      const feature = features[filter.name]
      return (feature && filter.references?.(optionsOf(filter, feature))) ?? []
    }),
  ]
  return references.map((one) => (one.kind === 'service' ? one.name : one.url))
}
