/** The targets, as the main thread sees them: where their states stand, who checks them, and how they fare. */

import { type SlotsByService, TargetSlots } from '#compile/target-slots'
import type { Clock } from '#base/clock'
import type { GatewayConfig } from '#config/config'
import { HealthChecker, type OnHealth } from '#control/health-checker'
import { type TargetMemory, TargetStates } from '#services/target-states'

type Services = GatewayConfig['services']

export interface TargetSample {
  readonly service: string
  readonly url: string
  readonly isUp: boolean
}

export class Targets {
  readonly #clock: Clock
  readonly #states = new TargetStates()
  readonly #slots = new TargetSlots(this.#states)
  readonly #checker: HealthChecker
  #services: Services = {}

  constructor(clock: Clock, onHealth: OnHealth) {
    this.#clock = clock
    this.#checker = new HealthChecker(this.#states, onHealth)
  }

  /** For the workers. */
  get memory(): TargetMemory {
    const { memory, breakers } = this.#states
    return { targets: memory, breakers }
  }

  /** For a configuration that may come into force. */
  slotsOf(services: Services): SlotsByService {
    return this.#slots.assign(services)
  }

  /** It has come into force. */
  use(services: Services): void {
    this.#services = services
    this.#slots.keep(services)
    this.#checker.watch(services, this.#slots.assign(services))
  }

  /** Of the services that someone watches: by checks, or by how calls of them end. */
  *samples(): IterableIterator<TargetSample> {
    const now = this.#clock.shared()
    const slots = this.#slots.assign(this.#services)
    for (const [service, { targets, health, outlier }] of Object.entries(this.#services)) {
      if (health === undefined && outlier === undefined) continue
      for (const [n, { url }] of targets.entries())
        yield { service, url, isUp: this.#states.isUp(slots[service]!.targets[n]!, now) }
    }
  }

  stop(): void {
    this.#checker.stop()
  }
}
