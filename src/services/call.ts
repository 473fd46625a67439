/** One call to a service: a place, an attempt, and others beside it or after it when that is safe. */

import { Pending } from '#base/pending'
import { Alarm } from '#base/timer-wheel'
import type { Body } from '#sdk/body'
import type { Exchange, Work } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { Reply } from '#sdk/reply'
import type { ServiceRequest, TimeLimits } from '#sdk/service'
import { Attempt, type AttemptOwner } from '#services/attempt'
import type { BoundService } from '#services/bound-service'
import type { Pass } from '#services/circuit-breaker'
import type { ConcurrencyLimit, PlaceWaiter } from '#services/concurrency'
import { endingWith } from '#services/ending-body'
import { readReply } from '#services/reply'
import { requestHeadText } from '#services/request-head'
import { isRepeatable, pauseBefore, retryAfter, wantsRetry } from '#services/retry'
import type { CallTarget } from '#services/service'
import type { OutboundRequest } from '#wire/http1/connection-owner'
import type { ReplyHead } from '#wire/http1/head'

export class Call extends Pending<Reply> implements AttemptOwner, PlaceWaiter, Work {
  readonly #ex: Exchange
  readonly #request: ServiceRequest
  readonly #service: BoundService
  readonly #limits: TimeLimits
  readonly #pass: Pass
  readonly #totalDeadline: number
  /** Where it waits for a place, or has one. */
  #limit: ConcurrencyLimit | undefined = undefined
  #hasPlace = false
  /** The attempt under way; after it, the last one. */
  #attempt: Attempt | undefined = undefined
  /** Another one, beside it. */
  #hedge: Attempt | undefined = undefined
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
    const { clock } = service.service
    this.#totalDeadline = limits.total === 0 ? Infinity : clock.now() + limits.total
  }

  /** Begins as soon as the limit, if there is one, has a place for it. */
  begin(limit: ConcurrencyLimit | undefined): void {
    if (this.settled) return // stopped before it began
    this.#limit = limit
    if (limit === undefined) this.#try(false)
    else if (limit.enter(this)) this.onPlace()
  }

  /** It is not made at all. */
  refuse(fault: Fault): void {
    this.reject(fault)
  }

  /** Nobody waits for the reply any more. */
  stop(fault: Fault): void {
    if (this.settled) return
    this.#end(undefined)
    this.reject(fault)
    this.#hedge?.cancel(fault)
    this.#attempt?.cancel(fault)
    if (this.#pause !== undefined) this.#service.service.wheel.remove(this.#pause)
  }

  // ---- PlaceWaiter

  onPlace(): void {
    this.#hasPlace = true
    this.#try(false)
  }

  onNoPlace(fault: Fault): void {
    this.#limit = undefined
    this.#giveUp(fault)
  }

  // ---- AttemptOwner

  requestFor(target: CallTarget): OutboundRequest {
    const { body, method, headers, expectContinue } = this.#request
    const host = this.#service.service.hostFor(this.#ex, target)
    return {
      method,
      headText: requestHeadText(this.#ex, this.#request, target, host),
      body,
      expectContinue: expectContinue === true,
      // Where the head was edited, a trailer could say again what was set otherwise or taken away.
      passesTrailers: headers === this.#ex.request.headers,
      limits: this.#limits,
      totalDeadline: this.#totalDeadline,
    }
  }

  onInformational(head: ReplyHead): void {
    this.#ex.informational(head.status, head.headers)
  }

  onReplyHead(attempt: Attempt, head: ReplyHead, body: Body | undefined): void {
    const { service, rules } = this.#service
    service.report(attempt.target, head.status < 500)
    const waitMs = rules.retry.on.includes(head.status) ? this.#pauseAfter(head) : undefined
    if (waitMs === undefined) {
      this.#settleWith(readReply(this.#ex, head, body, attempt.target), head.status < 500)
      return
    }
    body?.abort(new Fault('NO_ANSWER', 'the service is asked again'))
    this.#tryAgain(waitMs)
  }

  onNoReply(attempt: Attempt, fault: Fault, isRaced: boolean): void {
    const isService = fault.kind.source === 'service'
    if (isService && !isRaced) this.#service.service.report(attempt.target, false)
    if (isService && this.#mayRetry(fault, isRaced)) {
      // Another target, or a connection that was closed while idle, need not be waited for.
      if (fault.kind.retry === 'unsent' || isRaced) this.#try(true)
      else this.#tryAgain(pauseBefore(this.#attempts + 1))
    } else this.#giveUp(fault)
  }

  // ---- attempts

  /** `fresh`: on a connection that was not used before. */
  #try(fresh: boolean): void {
    if (this.settled) return
    const target = this.#service.service.pick(this.#ex, this.#attempt?.target)
    if (target === undefined) this.#giveUp(new Fault(this.#service.service.lack))
    else {
      this.#attempt = new Attempt(this, target, 0)
      this.#begin(this.#attempt, fresh)
    }
  }

  #begin(attempt: Attempt, fresh: boolean): void {
    this.#attempts++
    this.#ex.called(this.#service.name, attempt.target.url, this.#attempts)
    attempt.begin(fresh, this.#limits.perTry)
  }

  #tryAgain(waitMs: number): void {
    const { wheel } = this.#service.service
    this.#pause = new Alarm(() => this.#try(true))
    wheel.setAt(this.#pause, Math.min(wheel.now() + waitMs, this.#totalDeadline))
  }

  #mayRetry(fault: Fault, isRaced: boolean): boolean {
    const { retry } = this.#service.rules
    if (this.#attempts >= Math.max(retry.attempts, isRaced ? 2 : 1)) return false
    if (!wantsRetry(retry, fault, isRaced)) return false
    if (fault.kind.retry === 'unsent') return true
    return isRepeatable(this.#request) && (isRaced || this.#service.retryBudget.spend())
  }

  /** Milliseconds until the service is asked again in spite of its reply; undefined when it is not. */
  #pauseAfter(head: ReplyHead): number | undefined {
    const { rules, service, retryBudget } = this.#service
    if (this.#attempts >= rules.retry.attempts || !isRepeatable(this.#request)) return undefined
    const asked = retryAfter(head, service.clock.wall())
    if (asked === undefined || service.clock.now() + asked >= this.#totalDeadline) return undefined
    return retryBudget.spend() ? asked + pauseBefore(this.#attempts + 1) : undefined
  }

  // ---- the end

  #settleWith(reply: Reply, isWell: boolean): void {
    this.#service.ended(this.#pass, isWell)
    if (this.#limit !== undefined) endingWith(reply, this.#limit)
    this.settle(reply)
  }

  #giveUp(fault: Fault): void {
    this.#end(fault.kind.source === 'service' ? false : undefined)
    this.reject(fault)
  }

  /** Without a reply. */
  #end(isWell: boolean | undefined): void {
    this.#service.ended(this.#pass, isWell)
    if (this.#hasPlace) this.#limit?.leave()
    else this.#limit?.forget(this)
  }
}
