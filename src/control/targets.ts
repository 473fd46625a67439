/** The targets, as the main thread sees them: who they are, where their states stand, who checks them, and how they fare. */

import { type TargetLists, TargetSlots } from '#compile/target-slots'
import type { Clock } from '#base/clock'
import type { GatewayConfig } from '#config/config'
import { HealthChecker } from '#control/health-checker'
import { Discovery, type DiscoverySample } from '#discovery/discovery'
import type { Say } from '#discovery/search'
import type { TargetsByService } from '#services/registry'
import type { TargetOptions } from '#services/service'
import { TargetStates } from '#services/target-states'
import { causesOf } from '#telemetry/error-log'

type Services = GatewayConfig['services']

export interface TargetSample {
  readonly service: string
  /** '' where all share the targets. */
  readonly stage: string
  readonly url: string
  /** `draining`: it gets no new calls. */
  readonly state: 'up' | 'down' | 'draining'
}

export interface TargetsOptions {
  readonly clock: Clock
  /** The targets of services are others now. */
  onChange(targets: TargetsByService): void
  readonly say: Say
}

interface KnownTarget extends Omit<TargetOptions, 'slot'> {
  readonly drain: boolean
}

export class Targets {
  readonly #options: TargetsOptions
  readonly #states = new TargetStates()
  readonly #slots = new TargetSlots(this.#states)
  readonly #checker: HealthChecker
  readonly #discovery: Discovery
  #services: Services = {}
  #targets: TargetsByService = {}
  /** A configuration has slots that is not in force yet. */
  #isPreparing = false
  #isStopped = false

  constructor(options: TargetsOptions) {
    const { clock, say } = options
    this.#options = options
    this.#checker = new HealthChecker(this.#states, ({ name, stage }, target, cause) => {
      const message = `a target is ${cause === undefined ? 'up again' : 'down'}`
      say('warn', message, { service: name, stage, target, cause })
    })
    this.#discovery = new Discovery(clock, () => this.#found(), say)
  }

  /** For the workers. */
  get memory(): SharedArrayBuffer {
    return this.#states.memory
  }

  /** For a configuration that may come into force: `use` or `stay` follows. Fails when there are too many. */
  async prepare(services: Services): Promise<TargetsByService> {
    this.#isPreparing = true
    await this.#discovery.begin(services)
    return this.#slots.assign(this.#listsOf(services))
  }

  /** The one prepared has come into force. */
  use(services: Services): void {
    this.#services = services
    this.stay()
  }

  /** The one prepared has not come into force. */
  stay(): void {
    this.#isPreparing = false
    this.#discovery.keep(this.#services)
    this.#found()
  }

  /** Of the services that someone watches, by checks or by how calls of them end; and all that drain. */
  *samples(): IterableIterator<TargetSample> {
    const now = this.#options.clock.shared()
    for (const [key, config] of Object.entries(this.#services)) {
      const { name: service, stage = '', health, outlier } = config
      const of = { service, stage }
      for (const { url, drain } of this.#known(key, config) ?? [])
        if (drain) yield { ...of, url, state: 'draining' }
      if (health === undefined && outlier === undefined) continue
      for (const { url, slot } of this.#targets[key] ?? [])
        yield { ...of, url, state: this.#states.isUp(slot, now) ? 'up' : 'down' }
    }
  }

  discoverySamples(): Iterable<DiscoverySample> {
    return this.#discovery.samples(this.#services)
  }

  /** What is known stays as it is. */
  stop(): void {
    this.#isStopped = true
    this.#discovery.stop()
    this.#checker.stop()
  }

  /** What was found is others than before. */
  #found(): void {
    if (this.#isStopped) return
    const lists = this.#listsOf(this.#services)
    try {
      this.#targets = this.#slots.assign(lists)
    } catch (thrown) {
      this.#options.say('warn', 'targets that were found are not used', { cause: causesOf(thrown) })
      return
    }
    if (!this.#isPreparing) this.#slots.keep(lists)
    this.#checker.watch(this.#services, this.#targets)
    this.#options.onChange(this.#targets)
  }

  /** Those that may be asked. */
  #listsOf(services: Services): TargetLists {
    return Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        this.#known(name, service)
          ?.filter(({ drain }) => !drain)
          .map(({ url, weight, tier, authority }) => ({ url, weight, tier, authority })),
      ]),
    )
  }

  #known(name: string, service: Services[string]): readonly KnownTarget[] | undefined {
    return service.discover === undefined ? service.targets : this.#discovery.found(name, service)
  }
}
