/** The services of a program, each bound to the rules of the routes that call it. */

import { getOrPut } from '#base/get-or-put'
import { callKeys } from '#compile/call-keys'
import type { CallSlotTable } from '#compile/call-slots'
import { callRulesOf } from '#config/call-rules'
import type { RouteConfig, ServiceRules } from '#config/config'
import { keyOfService } from '#config/services'
import type { FilterDefinition } from '#sdk/filter'
import type { Service } from '#sdk/service'
import { BoundService } from '#services/bound-service'
import type { PooledService } from '#services/service'
import type { SharedWithWorkers } from '#services/call-states'

export class BoundServices {
  readonly #pooled: ReadonlyMap<string, PooledService>
  readonly #services: Readonly<Record<string, ServiceRules>>
  readonly #filters: readonly FilterDefinition[]
  readonly #slots: CallSlotTable
  readonly #shared: SharedWithWorkers
  readonly #bound = new Map<string, Service>()

  constructor(
    pooled: ReadonlyMap<string, PooledService>,
    services: Readonly<Record<string, ServiceRules>>,
    filters: readonly FilterDefinition[],
    slots: CallSlotTable,
    shared: SharedWithWorkers,
  ) {
    this.#pooled = pooled
    this.#services = services
    this.#filters = filters
    this.#slots = slots
    this.#shared = shared
  }

  /** A service as a route calls it. Fails when there is none of that name. */
  for(named: string, route: RouteConfig): Service {
    const name = keyOfService(this.#services, named, route.stage)
    const pooled = this.#pooled.get(name)
    if (pooled === undefined) throw new Error(`no service is called ${name}`)
    const service = this.#services[name]!
    const rules = callRulesOf(service, route.features, this.#filters)
    return getOrPut(this.#bound, JSON.stringify([name, route.stage, rules]), () => {
      const { budget, breaker, limit } = callKeys(service.name, route, rules)
      const slots = {
        budget: this.#slots[budget]!,
        breaker: breaker === undefined ? undefined : this.#slots[breaker]!,
        limit: limit === undefined ? undefined : this.#slots[limit]!,
      }
      return new BoundService(pooled, rules, slots, this.#shared)
    })
  }
}
