/** A named group of targets, and the one way to call it. */

import type { Clock } from '#base/clock'
import type { Exchange } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { RetryRules } from '#sdk/retry'
import type { Service, ServiceRequest, TimeLimits } from '#sdk/service'
import { type Balance, createBalancer } from '#services/balance/index'
import { type Balanced, type Balancer } from '#services/balance/balancer'
import { less } from '#services/balance/least-requests'
import { Call } from '#services/call'
import { Pool, type PoolEnvironment, type PoolLimits } from '#services/pool'
import { RetryBudget } from '#services/retry'
import { parseTarget, type TargetAddress } from '#services/target'

export interface ServiceOptions {
  readonly name: string
  readonly targets: readonly { readonly url: string; readonly weight: number }[]
  /** `keep`: the client's Host; `target`: the target's own; or a name. */
  readonly host: string
  readonly timeout: TimeLimits
  readonly balance: Balance
  readonly retry: RetryRules
  readonly pool: PoolLimits
}

export class CallTarget implements Balanced {
  readonly url: string
  readonly authority: string
  readonly basePath: string
  readonly weight: number
  readonly pool: Pool

  constructor({ url, authority, basePath }: TargetAddress, weight: number, pool: Pool) {
    this.url = url
    this.authority = authority
    this.basePath = basePath
    this.weight = weight
    this.pool = pool
  }

  get load(): number {
    return this.pool.load
  }
}

/** What a call needs to know of its service. */
export interface ServiceRules {
  readonly name: string
  readonly clock: Clock
  /** Whom to ask, after `last` failed another if there is one; undefined when there is none. */
  pick(ex: Exchange, last: CallTarget | undefined): CallTarget | undefined
  hostFor(ex: Exchange, target: CallTarget): string
  readonly budget: RetryBudget
}

export class PooledService implements Service, ServiceRules {
  readonly name: string
  readonly clock: Clock
  readonly #targets: readonly CallTarget[]
  readonly #host: string
  readonly #timeout: TimeLimits
  readonly #retry: RetryRules
  readonly budget = new RetryBudget()
  readonly #balancer: Balancer<CallTarget>

  constructor(options: ServiceOptions, clock: Clock, environment: PoolEnvironment) {
    this.name = options.name
    this.clock = clock
    this.#host = options.host
    this.#timeout = options.timeout
    this.#retry = options.retry
    this.#targets = options.targets.map(({ url, weight }) => {
      const target = parseTarget(url)
      if (target === undefined) throw new Fault('INTERNAL', `${url} is no target`)
      return new CallTarget(target, weight, new Pool(target.address, options.pool, environment))
    })
    this.#balancer = createBalancer(options.balance, this.#targets)
  }

  call(ex: Exchange, request: ServiceRequest): Call {
    const { timeout, retry } = request
    const limits = timeout === undefined ? this.#timeout : { ...this.#timeout, ...timeout }
    const retries = retry === undefined ? this.#retry : { ...this.#retry, ...retry }
    const call = new Call(ex, request, this, limits, retries)
    this.budget.earn(retries.budget)
    ex.onGone(call)
    call.start()
    return call
  }

  pick(ex: Exchange, last: CallTarget | undefined): CallTarget | undefined {
    if (last === undefined) return this.#balancer.pick(ex)
    // A second try takes no turn: else with two targets the one that fails would be everyone's first.
    const others = this.#targets.filter((target) => target !== last)
    return others.length === 0 ? last : others.reduce(less)
  }

  hostFor(ex: Exchange, target: CallTarget): string {
    if (this.#host === 'keep') return ex.request.authority
    return this.#host === 'target' ? target.authority : this.#host
  }

  close(): void {
    for (const { pool } of this.#targets) pool.close()
  }
}
