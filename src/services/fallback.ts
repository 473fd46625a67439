/** `fallback`: when a service gives no reply, another is asked in its place, or a reply made. */

import type { Awaitable } from '#base/awaitable'
import { Pending, whenHere } from '#base/pending'
import { isEmpty, type Sink } from '#sdk/body'
import type { Exchange } from '#sdk/exchange'
import { type FallbackReason, fallbackReason, type FallbackRules } from '#sdk/fallback'
import { Fault, type FaultCode, toFault } from '#sdk/fault'
import type { Log } from '#sdk/filter'
import type { Reply } from '#sdk/reply'
import type { Service, ServiceRequest } from '#sdk/service'
import { makeStaticReply } from '#sdk/static-reply'
import { PassingBody } from '#services/passing-body'
import { isRepeatable } from '#services/retry'

export class WithFallback implements Service {
  readonly name: string
  readonly service: Service
  readonly rules: FallbackRules
  /** Asked in its place; undefined when the rules have a reply instead. */
  readonly other: Service | undefined
  readonly log: Log

  constructor(service: Service, rules: FallbackRules, other: Service | undefined, log: Log) {
    this.name = service.name
    this.service = service
    this.rules = rules
    this.other = other
    this.log = log
  }

  call(ex: Exchange, request: ServiceRequest): Pending<Reply> {
    const call = new FallbackCall(ex, request, this)
    call.start()
    return call
  }
}

class FallbackCall extends Pending<Reply> {
  readonly #ex: Exchange
  readonly #request: ServiceRequest
  readonly #body: WatchedBody | undefined
  readonly #with: WithFallback

  constructor(ex: Exchange, request: ServiceRequest, owner: WithFallback) {
    super()
    this.#ex = ex
    const { body } = request
    this.#body = body === undefined || isEmpty(body) ? undefined : new WatchedBody(body)
    this.#request = { ...request, body: this.#body ?? body }
    this.#with = owner
  }

  start(): void {
    this.#ask(
      this.#with.service,
      (reply) => this.#onReply(reply),
      (thrown) => this.#onFault(toFault(thrown)),
    )
  }

  #ask(
    service: Service,
    onReply: (reply: Reply) => void,
    onError: (thrown: unknown) => void,
  ): void {
    let answer: Awaitable<Reply>
    try {
      answer = service.call(this.#ex, this.#request)
    } catch (thrown) {
      onError(thrown)
      return
    }
    whenHere(answer, onReply, onError)
  }

  #onReply(reply: Reply): void {
    if (!this.#mayAnswer(reply.status, undefined)) {
      this.settle(reply)
      return
    }
    if (typeof reply.body === 'object' && 'abort' in reply.body)
      reply.body.abort(new Fault('NO_ANSWER', 'the fallback answers'))
    this.#answer({ status: reply.status })
  }

  #onFault(fault: Fault): void {
    if (this.#mayAnswer(fallbackReason(fault), fault))
      this.#answer({ fault: fault.code, cause: fault.message })
    else this.reject(fault)
  }

  /** Another service may be asked only if that is as safe as asking again. */
  #mayAnswer(reason: FallbackReason | undefined, fault: Fault | undefined): boolean {
    if (reason === undefined || !this.#with.rules.on.includes(reason)) return false
    if (this.#with.other === undefined) return true
    if (this.#body?.isStarted) return false
    return isUnsent(fault) || isRepeatable(this.#request)
  }

  #answer(why: Record<string, string | number>): void {
    const { rules, other, log, name } = this.#with
    const { id, route } = this.#ex
    log.warn('a fallback answers for a service', { requestId: id, route, service: name, ...why })
    if ('respond' in rules.by) this.settle(makeStaticReply(rules.by.respond, (value) => value))
    else
      this.#ask(
        other!,
        (reply) => this.settle(reply),
        (thrown) => this.reject(thrown),
      )
  }
}

/** Refused before the call began. */
const NOT_BEGUN: ReadonlySet<FaultCode> = new Set(['CIRCUIT_OPEN', 'CONCURRENCY_FULL'])

/** Whether nothing of the request can have reached the service. */
function isUnsent(fault: Fault | undefined): boolean {
  return fault !== undefined && (fault.kind.retry === 'unsent' || NOT_BEGUN.has(fault.code))
}

/** A body that knows whether anyone has begun to take it. */
class WatchedBody extends PassingBody {
  isStarted = false

  override start(sink: Sink): void {
    this.isStarted = true
    this.inner.start(sink)
  }
}
