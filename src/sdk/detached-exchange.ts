/** An exchange as the copy of its request sees it: the same request, and nobody at the other end. */

import type {
  Client,
  Consumer,
  Exchange,
  ExchangeLimits,
  Forward,
  InboundRequest,
  Params,
  Slot,
  Work,
} from '#sdk/exchange'
import type { Fault } from '#sdk/fault'

export class DetachedExchange implements Exchange {
  readonly id: string
  readonly client: Client
  readonly request: InboundRequest
  readonly forward: Forward
  readonly limits: ExchangeLimits
  readonly params: Params
  readonly route: string
  readonly stage: string
  readonly consumer: Consumer | undefined
  readonly claims: Exchange['claims']
  readonly scopes: Exchange['scopes']
  readonly credential: string
  readonly replied = undefined
  readonly shadowed = undefined
  /** Where it stands in a list; for whoever keeps one. */
  index = 0
  readonly #of: Exchange
  #work: Work | undefined = undefined

  constructor(of: Exchange) {
    this.id = of.id
    this.client = of.client
    this.request = of.request
    this.forward = of.forward
    this.limits = of.limits
    this.params = of.params
    this.route = of.route
    this.stage = of.stage
    this.consumer = of.consumer
    this.claims = of.claims
    this.scopes = of.scopes
    this.credential = of.credential
    this.#of = of
  }

  get<T>(slot: Slot<T>): T | undefined {
    return this.#of.get(slot)
  }

  /** What it finds out stays unknown to the exchange itself. */
  set(): void {}

  hopLines(): string {
    return this.#of.hopLines()
  }

  called(): void {}

  answeredBy(): void {}

  onGone(work: Work): void {
    this.#work = work
  }

  informational(): void {}

  stop(fault: Fault): void {
    this.#work?.stop(fault)
  }
}
