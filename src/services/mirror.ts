/** `mirror`: some requests go to another service as well. Nobody waits for that, and nobody sees what comes back. */

import { whenHere } from '#base/pending'
import type { Awaitable } from '#base/awaitable'
import { isEmpty } from '#sdk/body'
import type { Exchange } from '#sdk/exchange'
import type { MirrorOutcome, MirrorRules } from '#sdk/mirror'
import type { Reply } from '#sdk/reply'
import type { Service, ServiceRequest } from '#sdk/service'
import { KeptBody } from '#sdk/kept-body'
import { BodyCopy } from '#services/body-copy'
import { DetachedExchange } from '#sdk/detached-exchange'
import type { Mirrors } from '#services/mirrors'

export class Mirrored implements Service {
  readonly name: string
  readonly #service: Service
  readonly #other: Service
  readonly #rules: MirrorRules
  readonly #mirrors: Mirrors
  #underWay = 0

  constructor(service: Service, other: Service, rules: MirrorRules, mirrors: Mirrors) {
    this.name = service.name
    this.#service = service
    this.#other = other
    this.#rules = rules
    this.#mirrors = mirrors
  }

  call(ex: Exchange, request: ServiceRequest): Awaitable<Reply> {
    const isCopied = request.upgrade === undefined && Math.random() < this.#rules.share
    if (!isCopied || this.#mirrors.isStopped) return this.#service.call(ex, request)
    const { body } = request
    const same = marked(request)
    if (body === undefined || isEmpty(body)) {
      const reply = this.#service.call(ex, request)
      if (this.#mayBegin()) this.#send(ex, same)
      return reply
    }
    const { maxBody } = this.#rules
    if (body.length !== undefined && body.length > maxBody) {
      this.#mirrors.count('tooLarge')
      return this.#service.call(ex, request)
    }
    const copied = new BodyCopy(body, maxBody, {
      mayKeep: () => this.#mayBegin(),
      kept: (copy) => {
        if (typeof copy === 'string') this.#ended(copy)
        else this.#send(ex, { ...same, body: new KeptBody(copy) })
      },
    })
    return this.#service.call(ex, { ...request, body: copied })
  }

  #mayBegin(): boolean {
    if (this.#underWay < this.#rules.max) {
      this.#underWay++
      return true
    }
    this.#mirrors.count('full')
    return false
  }

  #ended(outcome: MirrorOutcome): void {
    this.#underWay--
    this.#mirrors.count(outcome)
  }

  #send(ex: Exchange, request: ServiceRequest): void {
    const copy = new DetachedExchange(ex)
    this.#mirrors.add(copy)
    const ended = (isWell: boolean): void => {
      this.#mirrors.remove(copy)
      this.#ended(isWell ? 'answered' : 'failed')
    }
    whenHere(
      this.#other.call(copy, { ...request, timeout: { total: this.#rules.timeout } }),
      (reply) => drop(reply, ended),
      () => ended(false),
    )
  }
}

/** The same request, apart from the exchange's own fields, which may change before the copy leaves. */
function marked(request: ServiceRequest): ServiceRequest {
  const headers = request.headers.copy()
  headers.set('x-shadow', '1')
  return { ...request, headers, expectContinue: false }
}

/** Reads the reply to its end, so that the connection can be used again. */
function drop({ status, body }: Reply, ended: (isWell: boolean) => void): void {
  const isWell = status < 500
  if (typeof body !== 'object' || Buffer.isBuffer(body)) ended(isWell)
  else
    body.start({
      chunk() {},
      end: () => ended(isWell),
      fail: () => ended(false),
    })
}
