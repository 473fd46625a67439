/** A named group of targets, and the one way to call it. */

import type { Clock } from '#base/clock'
import type { Exchange } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { Service, ServiceRequest, TimeLimits } from '#sdk/service'
import { Call } from '#services/call'
import { Pool, type PoolEnvironment, type PoolLimits } from '#services/pool'
import { WeightedTurns } from '#services/weighted-turns'
import { parseTarget, type TargetAddress } from '#services/target'

export interface ServiceOptions {
  readonly name: string
  readonly targets: readonly { readonly url: string; readonly weight: number }[]
  /** `keep`: the client's Host; `target`: the target's own; or a name. */
  readonly host: string
  readonly timeout: TimeLimits
  readonly pool: PoolLimits
}

export interface CallTarget extends TargetAddress {
  readonly weight: number
  readonly pool: Pool
}

/** What a call needs to know of its service. */
export interface ServiceRules {
  readonly name: string
  readonly clock: Clock
  /** The next target, another than `last` if there is one; undefined when there is none. */
  pick(last: CallTarget | undefined): CallTarget | undefined
  hostFor(ex: Exchange, target: CallTarget): string
}

export class PooledService implements Service, ServiceRules {
  readonly name: string
  readonly clock: Clock
  readonly #targets: readonly CallTarget[]
  readonly #host: string
  readonly #timeout: TimeLimits
  readonly #turns: WeightedTurns<CallTarget>

  constructor(options: ServiceOptions, clock: Clock, environment: PoolEnvironment) {
    this.name = options.name
    this.clock = clock
    this.#host = options.host
    this.#timeout = options.timeout
    this.#targets = options.targets.map(({ url, weight }) => {
      const target = parseTarget(url)
      if (target === undefined) throw new Fault('INTERNAL', `${url} is no target`)
      return { ...target, weight, pool: new Pool(target.address, options.pool, environment) }
    })
    this.#turns = new WeightedTurns(this.#targets)
  }

  call(ex: Exchange, request: ServiceRequest): Call {
    const { timeout } = request
    const limits = timeout === undefined ? this.#timeout : { ...this.#timeout, ...timeout }
    const call = new Call(ex, request, this, limits)
    ex.onGone(call)
    call.start()
    return call
  }

  pick(last: CallTarget | undefined): CallTarget | undefined {
    if (last === undefined) return this.#turns.next()
    // A second try takes no turn: else with two targets the one that fails would be everyone's first.
    return this.#targets[(this.#targets.indexOf(last) + 1) % this.#targets.length]
  }

  hostFor(ex: Exchange, target: CallTarget): string {
    if (this.#host === 'keep') return ex.request.authority
    return this.#host === 'target' ? target.authority : this.#host
  }

  close(): void {
    for (const { pool } of this.#targets) pool.close()
  }
}
