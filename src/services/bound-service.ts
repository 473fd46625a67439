/** A service under the rules of a route: breaker, then the call. Routes with the same rules have the same one. */

import type { CallRules } from '#sdk/call-rules'
import type { Exchange } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { Service, ServiceRequest } from '#sdk/service'
import { Budget } from '#services/budget'
import { Call } from '#services/call'
import { CircuitBreaker, type Pass } from '#services/circuit-breaker'
import { ConcurrencyLimit } from '#services/concurrency'
import { Hedging } from '#services/hedging'
import type { PooledService } from '#services/service'
import type { SharedWithWorkers } from '#services/call-states'

/** Where in the shared memory it stands with the rules. */
export interface CallSlots {
  readonly budget: number
  /** Undefined when there are no rules for it. */
  readonly breaker: number | undefined
  readonly limit: number | undefined
}

export class BoundService implements Service {
  readonly name: string
  readonly service: PooledService
  readonly rules: CallRules
  readonly retryBudget: Budget
  readonly hedging: Hedging | undefined
  readonly #breaker: CircuitBreaker | undefined
  readonly #limit: ConcurrencyLimit | undefined

  constructor(
    service: PooledService,
    rules: CallRules,
    slots: CallSlots,
    shared: SharedWithWorkers,
  ) {
    const { circuitBreaker, retry, concurrency, hedge } = rules
    const { calls } = shared
    this.name = service.name
    this.service = service
    this.rules = rules
    this.retryBudget = new Budget(retry.budget, calls.retryBudgets, slots.budget)
    this.#breaker =
      circuitBreaker && new CircuitBreaker(circuitBreaker, calls.breakers, slots.breaker!)
    this.hedging =
      hedge &&
      new Hedging(
        hedge,
        service.replyTimes(),
        new Budget(hedge.budget, calls.hedgeBudgets, slots.budget),
      )
    this.#limit =
      concurrency &&
      new ConcurrencyLimit(concurrency, service.wheel, calls.limits, slots.limit!, shared)
  }

  call(ex: Exchange, request: ServiceRequest): Call {
    const { timeout } = request
    const limits =
      timeout === undefined ? this.rules.timeout : { ...this.rules.timeout, ...timeout }
    const pass = this.#breaker === undefined ? 0 : this.#breaker.admit(this.service.clock.shared())
    const { sticky } = this.service
    const sent =
      sticky === undefined ? request : { ...request, headers: sticky.without(request.headers) }
    const call = new Call(ex, sent, this, limits, pass ?? 0)
    call.stuck = sticky?.read(request.headers)
    if (pass === undefined) call.refuse(this.#shut())
    else {
      this.retryBudget.earn()
      ex.onGone(call)
      call.begin(this.#limit)
    }
    return call
  }

  #shut(): Fault {
    const fault = new Fault('CIRCUIT_OPEN')
    fault.retryAfterS = this.#breaker!.secondsShut(this.service.clock.shared())
    return fault
  }

  /** A call that was let through has ended: well, or not, or by no doing of the service (undefined). */
  ended(pass: Pass, isWell: boolean | undefined): void {
    this.#breaker?.record(pass, isWell, this.service.clock.shared())
  }
}
