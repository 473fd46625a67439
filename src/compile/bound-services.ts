/** The services of a program, each bound to the rules of the routes that call it. */

import { getOrPut } from '#base/get-or-put'
import { callKeys } from '#compile/call-keys'
import type { CallSlotTable } from '#compile/call-slots'
import type { Site } from '#compile/site'
import { callRulesOf } from '#config/call-rules'
import type { RouteConfig, ServiceRules } from '#config/config'
import { keyOfService } from '#config/service-key'
import type { CallRules } from '#sdk/call-rules'
import type { FallbackRules } from '#sdk/fallback'
import type { MirrorRules } from '#sdk/mirror'
import type { Service } from '#sdk/service'
import { BoundService } from '#services/bound-service'
import { WithFallback } from '#services/fallback'
import { Mirrored } from '#services/mirror'
import type { PooledService } from '#services/service'

export class BoundServices {
  readonly #pooled: ReadonlyMap<string, PooledService>
  readonly #services: Readonly<Record<string, ServiceRules>>
  readonly #slots: CallSlotTable
  readonly #site: Site
  readonly #bound = new Map<string, BoundService>()
  readonly #surrounded = new Map<string, Service>()
  readonly #rules = new Map<string, string>()

  constructor(
    pooled: ReadonlyMap<string, PooledService>,
    services: Readonly<Record<string, ServiceRules>>,
    slots: CallSlotTable,
    site: Site,
  ) {
    this.#pooled = pooled
    this.#services = services
    this.#slots = slots
    this.#site = site
  }

  /** A service as a route calls it. Fails when there is none of that name. */
  for(named: string, route: Caller): Service {
    const callee = this.#calleeOf(named, route)
    const { fallback, mirror } = callee.rules
    const bound = this.#bind(callee)
    if (fallback === undefined && mirror === undefined) return bound
    return getOrPut(this.#surrounded, JSON.stringify(callee), () => {
      const kept = fallback === undefined ? bound : this.#withFallback(bound, fallback, route)
      return mirror === undefined ? kept : this.#mirrored(kept, mirror, route)
    })
  }

  /** What is said of a service, but for its targets, as JSON. */
  rulesOf(named: string, stage: string | undefined): string {
    const key = keyOfService(this.#services, named, stage)
    return getOrPut(this.#rules, key, () => JSON.stringify(this.#services[key]))
  }

  #calleeOf(named: string, { features, stage }: Caller): Callee {
    const name = keyOfService(this.#services, named, stage)
    const service = this.#services[name]
    if (service === undefined) throw new Error(`no service is called ${name}`)
    return { name, stage, rules: callRulesOf(service, features, this.#site.known.filters) }
  }

  /** Under all rules but those that ask others. */
  #bind({ name, stage, rules: all }: Callee): BoundService {
    const rules = { ...all, fallback: undefined, mirror: undefined }
    return getOrPut(this.#bound, JSON.stringify([name, stage, rules]), () => {
      const { budget, breaker, limit } = callKeys(this.#services[name]!.name, { stage }, rules)
      const slots = {
        budget: this.#slots[budget]!,
        breaker: breaker === undefined ? undefined : this.#slots[breaker]!,
        limit: limit === undefined ? undefined : this.#slots[limit]!,
      }
      return new BoundService(this.#pooled.get(name)!, rules, slots, this.#site.services.shared)
    })
  }

  /** The other's own fallback is not asked: nothing goes in circles. */
  #withFallback(service: Service, rules: FallbackRules, route: Caller): Service {
    const { by } = rules
    const other = 'to' in by ? this.#bind(this.#calleeOf(by.to, route)) : undefined
    return new WithFallback(service, rules, other, this.#site.log)
  }

  #mirrored(service: Service, rules: MirrorRules, route: Caller): Service {
    const { rules: own, ...callee } = this.#calleeOf(rules.to, route)
    const once = { ...own, retry: { ...own.retry, attempts: 1 }, hedge: undefined }
    const other = this.#bind({ ...callee, rules: once })
    return new Mirrored(service, other, rules, this.#site.mirrors)
  }
}

/** A route, or whoever calls in its place. */
type Caller = Pick<RouteConfig, 'features' | 'stage'>

/** A service as the routes of a stage call it that say the same of it. */
interface Callee {
  /** Of all; see `keyOfService`. */
  readonly name: string
  readonly stage: string | undefined
  readonly rules: CallRules
}
