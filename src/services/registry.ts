/** The services of a worker: one that a new configuration leaves as it was keeps its connections and what it learned. */

import type { Clock } from '#base/clock'
import { getOrPut } from '#base/get-or-put'
import type { PoolEnvironment } from '#services/pool'
import type { SharedWithWorkers } from '#services/call-states'
import { TargetStates } from '#services/target-states'
import { PooledService, type ServiceOptions, type TargetOptions } from '#services/service'

/** By the name of the service; undefined: they are not known yet. */
export type TargetsByService = Readonly<Record<string, readonly TargetOptions[] | undefined>>

interface Shared {
  readonly key: string
  readonly name: string
  readonly service: PooledService
  users: number
}

/** More than one service while a new configuration takes over from an old one. */
interface Named {
  readonly services: Set<PooledService>
  targets: readonly TargetOptions[] | undefined
}

export class ServiceRegistry {
  readonly shared: SharedWithWorkers
  readonly #clock: Clock
  readonly #environment: PoolEnvironment
  readonly #states: TargetStates
  readonly #shared = new Map<string, Shared>()
  readonly #named = new Map<string, Named>()

  constructor(clock: Clock, environment: PoolEnvironment, shared: SharedWithWorkers) {
    this.shared = shared
    this.#clock = clock
    this.#environment = environment
    this.#states = new TargetStates(shared.targets)
  }

  /** The service with these options, for one user more. */
  acquire(options: ServiceOptions): { readonly service: PooledService; release(): void } {
    const key = JSON.stringify(options)
    const shared = this.#shared.get(key) ?? this.#create(key, options)
    shared.users++
    return { service: shared.service, release: () => this.#release(shared) }
  }

  /** Services that are not named keep theirs. */
  setTargets(all: TargetsByService): void {
    for (const [name, targets] of Object.entries(all)) {
      const named = this.#named.get(name)
      if (named === undefined) continue
      named.targets = targets
      for (const service of named.services) service.setTargets(targets)
    }
  }

  #create(key: string, options: ServiceOptions): Shared {
    const service = new PooledService(
      options,
      this.#clock,
      this.#environment,
      this.#states,
      this.shared.processKey,
    )
    const named = getOrPut(this.#named, options.name, (): Named => ({
      services: new Set(),
      targets: undefined,
    }))
    named.services.add(service)
    service.setTargets(named.targets)
    const shared = { key, name: options.name, service, users: 0 }
    this.#shared.set(key, shared)
    return shared
  }

  #release(shared: Shared): void {
    if (--shared.users > 0) return
    const { key, name, service } = shared
    this.#shared.delete(key)
    service.close()
    const { services } = this.#named.get(name)!
    services.delete(service)
    if (services.size === 0) this.#named.delete(name)
  }
}
