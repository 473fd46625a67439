/** `hedge`: when the reply to a safe request is late, another target is asked too, and the first to answer wins. */

import type { HedgeRules } from '#sdk/call-rules'
import type { ServiceRequest } from '#sdk/service'
import type { Budget } from '#services/budget'
import type { ReplyTimes } from '#services/reply-times'

/** Safe: it asks for nothing but an answer (RFC 9110 §9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export class Hedging {
  readonly #afterMs: number | undefined
  readonly #share: number
  readonly #times: ReplyTimes
  readonly budget: Budget

  constructor({ after }: HedgeRules, times: ReplyTimes, budget: Budget) {
    this.#afterMs = typeof after === 'number' ? after : undefined
    this.#share = typeof after === 'number' ? 1 : Number(after.slice(1)) / 100
    this.#times = times
    this.budget = budget
  }

  /** Whether a request may be on its way to two targets at once. */
  suits({ method, body, upgrade }: ServiceRequest): boolean {
    return body === undefined && upgrade === undefined && SAFE.has(method)
  }

  /** Milliseconds after which another target is asked; undefined while nobody knows how long a reply takes. */
  delay(): number | undefined {
    return this.#afterMs ?? this.#times.within(this.#share)
  }

  /** An attempt has taken so long to the head of its reply, or until nobody waited for it any more. */
  took(ms: number): void {
    this.#times.record(ms)
  }
}
