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
import type { Hedging } from '#services/hedging'
import { readReply } from '#services/reply'
import { outboundOf } from '#services/outbound'
import { mayFollow, pauseAfter, pauseBefore } from '#services/retry'
import type { CallTarget } from '#services/service'
import type { Stuck } from '#services/sticky'
import type { OutboundRequest } from '#wire/http1/connection-owner'
import type { ReplyHead } from '#wire/head'

export class Call extends Pending<Reply> implements AttemptOwner, PlaceWaiter, Work {
  readonly #ex: Exchange
  readonly request: ServiceRequest
  readonly service: BoundService
  readonly #limits: TimeLimits
  readonly #pass: Pass
  /** By the clock's `now`. */
  readonly totalDeadline: number
  /** What the client brought back of its last call. */
  stuck: Stuck | undefined = undefined
  /** So far, those beside each other included. */
  attempts = 0
  /** Where it waits for a place, or has one. */
  #limit: ConcurrencyLimit | undefined = undefined
  #hasPlace = false
  /** The attempt under way. */
  #attempt: Attempt | undefined = undefined
  /** Another one, beside it. */
  #hedge: Attempt | undefined = undefined
  /** Whom the last one asked. */
  #last: CallTarget | undefined = undefined
  /** There when it may be hedged. */
  #hedgeAlarm: Alarm | undefined = undefined
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
    this.request = request
    this.service = service
    this.#limits = limits
    const { clock } = service.service
    this.totalDeadline = limits.total === 0 ? Infinity : clock.now() + limits.total
  }

  /** Begins as soon as the limit, if there is one, has a place for it. */
  begin(limit: ConcurrencyLimit | undefined): void {
    if (this.settled) return // stopped before it began
    this.#limit = limit
    if (limit === undefined) this.#try(false)
    else if (limit.enter(this, this.totalDeadline)) this.onPlace()
  }

  /** It is not made at all. */
  refuse(fault: Fault): void {
    this.reject(fault)
  }

  /** Nobody waits for the reply any more. */
  stop(fault: Fault): void {
    if (this.settled) return
    // Whoever gets its place must find the target without it.
    this.#hedge?.cancel(fault)
    this.#attempt?.cancel(fault)
    this.#leave(undefined)
    this.reject(fault)
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

  requestFor(attempt: Attempt): OutboundRequest {
    const { service } = this.service
    return outboundOf(this.#ex, this.request, service, attempt, this.#limits, this.totalDeadline)
  }

  onInformational(head: ReplyHead): void {
    this.#ex.informational(head.status, head.headers)
  }

  onReplyHead(attempt: Attempt, head: ReplyHead, body: Body | undefined): void {
    const isWell = head.status < 500
    this.service.service.report(attempt.target, isWell)
    if (isWell) this.#took(attempt)
    this.#end(attempt)
    const rival = this.#attempt
    if (rival !== undefined && (!isWell || this.service.rules.retry.on.includes(head.status))) {
      body?.abort(new Fault('NO_ANSWER', 'another target may do better'))
      return
    }
    const waitMs = rival === undefined ? pauseAfter(this, head) : undefined
    if (waitMs !== undefined) {
      body?.abort(new Fault('NO_ANSWER', 'the service is asked again'))
      this.#tryAgain(waitMs)
      return
    }
    if (rival !== undefined) this.#win(attempt, rival)
    const reply = readReply(
      this.#ex,
      head,
      body,
      this.request.isVerbatim ? undefined : attempt.target,
    )
    this.service.service.sticky?.stick(reply.headers, attempt.target, this.stuck, this.#ex.request)
    this.#settleWith(reply, isWell)
  }

  onNoReply(attempt: Attempt, fault: Fault, isRaced: boolean): void {
    const isService = fault.kind.source === 'service'
    if (isService && !isRaced) this.service.service.report(attempt.target, false)
    this.#end(attempt)
    if (this.#attempt !== undefined) return // the other one may be answered
    if (isService && mayFollow(this, fault, isRaced)) {
      // Another target, or a connection that was closed while idle, need not be waited for.
      if (fault.kind.retry === 'unsent' || isRaced) this.#try(true)
      else this.#tryAgain(pauseBefore(this.attempts + 1))
    } else this.#giveUp(fault)
  }

  // ---- attempts

  /** `fresh`: on a connection that was not used before. */
  #try(fresh: boolean): void {
    if (this.settled) return
    const target = this.service.service.pick(this.#ex, this.#last, this.stuck?.mark)
    if (target === undefined) {
      this.#giveUp(new Fault(this.service.service.lack))
      return
    }
    if (this.attempts === 0 && this.service.hedging !== undefined)
      this.#planHedge(this.service.hedging)
    this.#last = target
    this.#attempt = new Attempt(this, target, this.#now())
    this.#begin(this.#attempt, fresh)
  }

  #begin(attempt: Attempt, fresh: boolean): void {
    this.attempts++
    this.#ex.called(this.service.name, attempt.target.url, this.attempts, attempt === this.#hedge)
    attempt.begin(fresh, this.#limits.perTry)
  }

  #tryAgain(waitMs: number): void {
    const { wheel } = this.service.service
    this.#pause = new Alarm(() => this.#try(true))
    wheel.setAt(this.#pause, Math.min(wheel.now() + waitMs, this.totalDeadline))
  }

  /** One of two that are under way, or the only one, is over. */
  #end(attempt: Attempt): void {
    if (attempt === this.#attempt) this.#attempt = this.#hedge
    this.#hedge = undefined
  }

  // ---- hedging

  #planHedge(hedging: Hedging): void {
    if (!hedging.suits(this.request)) return
    hedging.budget.earn()
    this.#hedgeAlarm = new Alarm(() => this.#askAnother(hedging))
    const delay = hedging.delay()
    if (delay !== undefined) this.service.service.wheel.setIn(this.#hedgeAlarm, delay)
  }

  #askAnother({ budget }: Hedging): void {
    if (this.#attempt === undefined) return // it waits to be tried again
    const { target } = this.#attempt
    const other = this.service.service.pick(this.#ex, target)
    if (other === undefined || other === target || !budget.spend()) return
    this.#hedge = new Attempt(this, other, this.#now())
    this.#begin(this.#hedge, false)
  }

  #win(winner: Attempt, loser: Attempt): void {
    this.#ex.answeredBy(winner.target.url)
    this.#took(loser)
    this.#end(loser)
    loser.cancel(new Fault('NO_ANSWER', 'another target was faster'))
  }

  /** To the head of its reply, or at least so long. */
  #took({ startedAt }: Attempt): void {
    if (this.#hedgeAlarm !== undefined) this.service.hedging!.took(this.#now() - startedAt)
  }

  /** Where someone measures; else it does not matter. */
  #now(): number {
    return this.#hedgeAlarm === undefined ? 0 : this.service.service.clock.now()
  }

  // ---- the end

  #settleWith(reply: Reply, isWell: boolean): void {
    this.#stopAlarms()
    this.service.ended(this.#pass, isWell)
    if (this.#limit !== undefined) endingWith(reply, this.#limit)
    this.settle(reply)
  }

  #giveUp(fault: Fault): void {
    this.#leave(fault.kind.source === 'service' ? false : undefined)
    this.reject(fault)
  }

  /** Without a reply. */
  #leave(isWell: boolean | undefined): void {
    this.#stopAlarms()
    this.service.ended(this.#pass, isWell)
    if (this.#hasPlace) this.#limit?.leave()
    else this.#limit?.forget(this)
  }

  #stopAlarms(): void {
    const { wheel } = this.service.service
    if (this.#pause !== undefined) wheel.remove(this.#pause)
    if (this.#hedgeAlarm !== undefined) wheel.remove(this.#hedgeAlarm)
  }
}
