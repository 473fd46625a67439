/** One call to a service: target, connection, attempt, and again when that is safe. */

import type { Clock } from '#base/clock'
import { Pending } from '#base/pending'
import { Alarm } from '#base/timer-wheel'
import type { Body } from '#sdk/body'
import type { Exchange, Work } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { Reply } from '#sdk/reply'
import type { RetryRules } from '#sdk/retry'
import type { ServiceRequest, TimeLimits } from '#sdk/service'
import type { BoundService } from '#services/bound-service'
import type { Pass } from '#services/circuit-breaker'
import type { ConnectionWaiter } from '#services/pool'
import { readReply } from '#services/reply'
import { requestHeadText } from '#services/request-head'
import { isRepeatable, pauseBefore, retryAfter, wantsRetry } from '#services/retry'
import type { CallTarget, PooledService } from '#services/service'
import type { ClientConnection } from '#wire/http1/client-connection'
import type { OutboundRequest, ReplyTaker } from '#wire/http1/connection-owner'
import type { ReplyHead } from '#wire/http1/head'

export class Call extends Pending<Reply> implements ReplyTaker, ConnectionWaiter, Work {
  readonly #ex: Exchange
  readonly #request: ServiceRequest
  readonly #service: BoundService
  readonly #limits: TimeLimits
  readonly #pass: Pass
  readonly #totalDeadline: number
  #target: CallTarget | undefined = undefined
  #connection: ClientConnection | undefined = undefined
  #waiting = false
  #attempts = 0
  #pause: Alarm | undefined = undefined

  constructor(
    ex: Exchange,
    request: ServiceRequest,
    service: BoundService,
    limits: TimeLimits,
    pass: Pass,
  ) {
    super()
    this.#pass = pass
    this.#ex = ex
    this.#request = request
    this.#service = service
    this.#limits = limits
    this.#totalDeadline = limits.total === 0 ? Infinity : this.#clock.now() + limits.total
  }

  get #targets(): PooledService {
    return this.#service.service
  }

  get #clock(): Clock {
    return this.#service.service.clock
  }

  get #retries(): RetryRules {
    return this.#service.rules.retry
  }

  start(fresh = false): void {
    if (this.settled) return // stopped before it began
    const target = this.#targets.pick(this.#ex, this.#target)
    if (target === undefined) {
      this.#giveUp(new Fault('NO_TARGET'))
      return
    }
    this.#target = target
    this.#attempts++
    this.#ex.called(this.#service.name, target.url, this.#attempts)
    this.#waiting = true
    target.pool.take(this, fresh)
  }

  /** It is not made at all. */
  refuse(fault: Fault): void {
    this.reject(fault)
  }

  /** Nobody waits for the reply any more. */
  stop(fault: Fault): void {
    if (this.settled) return
    this.#service.ended(this.#pass, undefined)
    this.reject(fault)
    if (this.#waiting) this.#target?.pool.forget(this)
    if (this.#pause !== undefined) this.#target?.pool.wheel.remove(this.#pause)
    this.#connection?.abort(fault)
  }

  // ---- ConnectionWaiter

  onConnection(connection: ClientConnection): void {
    this.#waiting = false
    this.#connection = connection
    const { body } = this.#request
    const host = this.#targets.hostFor(this.#ex, this.#target!)
    const request: OutboundRequest = {
      method: this.#request.method,
      headText: requestHeadText(this.#ex, this.#request, this.#target!, host),
      body,
      expectContinue: this.#request.expectContinue === true,
      // Where the head was edited, a trailer could say again what was set otherwise or taken away.
      passesTrailers: this.#request.headers === this.#ex.request.headers,
      limits: this.#limits,
      totalDeadline: this.#totalDeadline,
    }
    connection.send(request, this)
  }

  onNoConnection(fault: Fault): void {
    this.#waiting = false
    this.#giveUp(fault)
  }

  // ---- ReplyTaker

  onInformational(head: ReplyHead): void {
    this.#ex.informational(head.status, head.headers)
  }

  onReplyHead(head: ReplyHead, body: Body | undefined): void {
    this.#targets.report(this.#target!, head.status < 500)
    const waitMs = this.#retries.on.includes(head.status) ? this.#pauseAfter(head) : undefined
    if (waitMs === undefined) {
      this.#service.ended(this.#pass, head.status < 500)
      this.settle(readReply(this.#ex, head, body, this.#target!))
      return
    }
    this.#connection = undefined
    body?.abort(new Fault('NO_ANSWER', 'the service is asked again'))
    this.#tryAgain(waitMs)
  }

  onNoReply(fault: Fault, isRaced: boolean): void {
    this.#connection = undefined
    if (this.settled) return
    if (fault.kind.source === 'service' && !isRaced) this.#targets.report(this.#target!, false)
    if (this.#mayRetry(fault, isRaced)) {
      // Another target, or a connection that was closed while idle, need not be waited for.
      if (fault.kind.retry === 'unsent' || isRaced) this.start(true)
      else this.#tryAgain(pauseBefore(this.#attempts + 1))
    } else this.#giveUp(fault)
  }

  #giveUp(fault: Fault): void {
    this.#service.ended(this.#pass, fault.kind.source === 'service' ? false : undefined)
    this.reject(fault)
  }

  #mayRetry(fault: Fault, isRaced: boolean): boolean {
    if (this.#attempts >= Math.max(this.#retries.attempts, isRaced ? 2 : 1)) return false
    if (!wantsRetry(this.#retries, fault, isRaced)) return false
    if (fault.kind.retry === 'unsent') return true
    return isRepeatable(this.#request) && (isRaced || this.#service.retryBudget.spend())
  }

  /** Milliseconds until the service is asked again in spite of its reply; undefined when it is not. */
  #pauseAfter(head: ReplyHead): number | undefined {
    if (this.#attempts >= this.#retries.attempts || !isRepeatable(this.#request)) return undefined
    const asked = retryAfter(head, this.#clock.wall())
    if (asked === undefined || this.#clock.now() + asked >= this.#totalDeadline) return undefined
    return this.#service.retryBudget.spend() ? asked + pauseBefore(this.#attempts + 1) : undefined
  }

  #tryAgain(waitMs: number): void {
    const { wheel } = this.#target!.pool
    this.#pause = new Alarm(() => this.start(true))
    wheel.setAt(this.#pause, Math.min(wheel.now() + waitMs, this.#totalDeadline))
  }
}
