/** One call to a service: target, connection, attempt, and once more when that is safe. */

import { Pending } from '#base/pending'
import type { Body } from '#sdk/body'
import type { Exchange, Work } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { Reply } from '#sdk/reply'
import type { ServiceRequest, TimeLimits } from '#sdk/service'
import type { ConnectionWaiter } from '#services/pool'
import { readReply } from '#services/reply'
import { requestHeadText } from '#services/request-head'
import type { CallTarget, ServiceRules } from '#services/service'
import type { ClientConnection, OutboundRequest, ReplyTaker } from '#wire/http1/client-connection'
import type { ReplyHead } from '#wire/http1/head'

/** Safe to send twice (RFC 9110 §9.2.2; QUERY by RFC 10008). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'])

/** One more try when nothing was sent, or when an idle connection turned out to be closed. */
const MAX_ATTEMPTS = 2

export class Call extends Pending<Reply> implements ReplyTaker, ConnectionWaiter, Work {
  readonly #ex: Exchange
  readonly #request: ServiceRequest
  readonly #rules: ServiceRules
  readonly #limits: TimeLimits
  readonly #totalDeadline: number
  #target: CallTarget | undefined = undefined
  #connection: ClientConnection | undefined = undefined
  #waiting = false
  #attempts = 0

  constructor(ex: Exchange, request: ServiceRequest, rules: ServiceRules, limits: TimeLimits) {
    super()
    this.#ex = ex
    this.#request = request
    this.#rules = rules
    this.#limits = limits
    this.#totalDeadline = limits.total === 0 ? Infinity : rules.clock.now() + limits.total
  }

  start(fresh = false): void {
    if (this.settled) return // stopped before it began
    const target = this.#rules.pick(this.#ex, this.#target)
    if (target === undefined) {
      this.reject(new Fault('NO_TARGET'))
      return
    }
    this.#target = target
    this.#attempts++
    this.#ex.called(this.#rules.name, target.url, this.#attempts)
    this.#waiting = true
    target.pool.take(this, fresh)
  }

  /** Nobody waits for the reply any more. */
  stop(fault: Fault): void {
    if (this.settled) return
    this.reject(fault)
    if (this.#waiting) this.#target?.pool.forget(this)
    this.#connection?.abort(fault)
  }

  // ---- ConnectionWaiter

  onConnection(connection: ClientConnection): void {
    this.#waiting = false
    this.#connection = connection
    const { body } = this.#request
    const host = this.#rules.hostFor(this.#ex, this.#target!)
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
    this.reject(fault)
  }

  // ---- ReplyTaker

  onInformational(head: ReplyHead): void {
    this.#ex.informational(head.status, head.headers)
  }

  onReplyHead(head: ReplyHead, body: Body | undefined): void {
    this.settle(readReply(this.#ex, head, body, this.#target!))
  }

  onNoReply(fault: Fault, untouched: boolean): void {
    this.#connection = undefined
    if (this.settled) return
    if (this.#mayRetry(fault, untouched)) this.start(true)
    else this.reject(fault)
  }

  #mayRetry(fault: Fault, untouched: boolean): boolean {
    if (this.#attempts >= MAX_ATTEMPTS) return false
    if (fault.kind.retry === 'unsent') return true
    return untouched && fault.kind.retry === 'idempotent' && IDEMPOTENT.has(this.#request.method)
  }
}
