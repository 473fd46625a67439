/** What a filter or endpoint sees of a service: one way to call it. */

import type { HeaderList } from '#http/header-list'
import type { Awaitable } from '#base/awaitable'
import type { Body } from '#sdk/body'
import type { Exchange } from '#sdk/exchange'
import type { Reply } from '#sdk/reply'

/** Time limits of one call, in milliseconds. 0 is none. */
export interface TimeLimits {
  /** Until a connection stands. */
  readonly connect: number
  /** From the request sent to the head of the reply. */
  readonly response: number
  /** Of one attempt, from its start to the head of the reply. */
  readonly perTry: number
  /** Between two pieces of a body, either way. */
  readonly idle: number
  /** From first byte to last, all told. */
  readonly total: number
}

export interface ServiceRequest {
  readonly method: string
  /** Path in normal form; the target's base path goes before it. */
  readonly path: string
  /** `?` and the query, or ''. */
  readonly query: string
  /** End-to-end fields alone; framing, forwarding and trust fields are the service call's own. */
  readonly headers: HeaderList
  readonly body: Body | undefined
  /** Ask the service for a 100 before the body is sent. */
  readonly expectContinue?: boolean
  readonly takesTrailers?: boolean
  /** Ask the service to switch to it. The body of the reply is a Link if it does. */
  readonly upgrade?: 'websocket' | undefined
  /** Location, Content-Location and cookies of the reply stay as the server wrote them, not put in the client's terms. */
  readonly isVerbatim?: boolean | undefined
  /** For this call alone; else what the route and the service say holds. */
  readonly timeout?: Partial<TimeLimits> | undefined
}

export interface Service {
  readonly name: string
  /** Fails with a Fault. The reply's body has not started: start it or abort it. */
  call(ex: Exchange, request: ServiceRequest): Awaitable<Reply>
}
