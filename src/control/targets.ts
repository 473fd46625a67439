/** The targets, as the main thread sees them: who they are, where their states stand, who checks them, and how they fare. */

import { type TargetLists, TargetSlots } from '#compile/target-slots'
import type { Clock } from '#base/clock'
import type { GatewayConfig } from '#config/config'
import { HealthChecker, type OnHealth } from '#control/health-checker'
import type { TargetsByService } from '#services/registry'
import { TargetStates } from '#services/target-states'

type Services = GatewayConfig['services']

export interface TargetSample {
  readonly service: string
  /** '' where all share the targets. */
  readonly stage: string
  readonly url: string
  /** `draining`: it gets no new calls. */
  readonly state: 'up' | 'down' | 'draining'
}

export class Targets {
  readonly #clock: Clock
  readonly #states = new TargetStates()
  readonly #slots = new TargetSlots(this.#states)
  readonly #checker: HealthChecker
  #services: Services = {}
  #targets: TargetsByService = {}

  constructor(clock: Clock, onHealth: OnHealth) {
    this.#clock = clock
    this.#checker = new HealthChecker(this.#states, onHealth)
  }

  /** For the workers. */
  get memory(): SharedArrayBuffer {
    return this.#states.memory
  }

  /** Those of a configuration that may be asked. */
  of(services: Services): TargetsByService {
    return this.#slots.assign(listsOf(services))
  }

  /** It has come into force. */
  use(services: Services): void {
    this.#services = services
    const lists = listsOf(services)
    this.#targets = this.#slots.assign(lists)
    this.#slots.keep(lists)
    this.#checker.watch(services, this.#targets)
  }

  /** Of the services that someone watches, by checks or by how calls of them end; and all that drain. */
  *samples(): IterableIterator<TargetSample> {
    const now = this.#clock.shared()
    for (const [key, config] of Object.entries(this.#services)) {
      const { name: service, stage = '', targets, health, outlier } = config
      const of = { service, stage }
      for (const { url, drain } of targets) if (drain) yield { ...of, url, state: 'draining' }
      if (health === undefined && outlier === undefined) continue
      for (const { url, slot } of this.#targets[key]!)
        yield { ...of, url, state: this.#states.isUp(slot, now) ? 'up' : 'down' }
    }
  }

  stop(): void {
    this.#checker.stop()
  }
}

function listsOf(services: Services): TargetLists {
  return Object.fromEntries(
    Object.entries(services).map(([name, { targets }]) => [
      name,
      targets.filter(({ drain }) => !drain).map(({ url, weight, tier }) => ({ url, weight, tier })),
    ]),
  )
}
