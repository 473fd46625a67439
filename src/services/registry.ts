/** The services of a worker: one that a new configuration leaves as it was keeps its connections and what it learned. */

import type { Clock } from '#base/clock'
import type { PoolEnvironment } from '#services/pool'
import type { TargetStates } from '#services/target-states'
import { PooledService, type ServiceOptions } from '#services/service'

interface Shared {
  readonly key: string
  readonly service: PooledService
  users: number
}

export class ServiceRegistry {
  readonly #clock: Clock
  readonly #environment: PoolEnvironment
  readonly #states: TargetStates
  readonly #shared = new Map<string, Shared>()

  constructor(clock: Clock, environment: PoolEnvironment, states: TargetStates) {
    this.#clock = clock
    this.#environment = environment
    this.#states = states
  }

  /** The service with these options, for one user more. */
  acquire(options: ServiceOptions): { readonly service: PooledService; release(): void } {
    const key = JSON.stringify(options)
    let shared = this.#shared.get(key)
    if (shared === undefined) {
      shared = {
        key,
        service: new PooledService(options, this.#clock, this.#environment, this.#states),
        users: 0,
      }
      this.#shared.set(key, shared)
    }
    shared.users++
    const held = shared
    return { service: held.service, release: () => this.#release(held) }
  }

  #release(shared: Shared): void {
    if (--shared.users > 0) return
    this.#shared.delete(shared.key)
    shared.service.close()
  }
}
