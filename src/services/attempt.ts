/** One attempt of a call: a target, a connection to it, and the head of a reply or what came instead. */

import { Timed } from '#base/timer-wheel'
import type { Body } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type { ConnectionWaiter } from '#services/pool'
import type { CallTarget } from '#services/service'
import type { ClientConnection } from '#wire/http1/client-connection'
import type { OutboundRequest, ReplyTaker } from '#wire/http1/connection-owner'
import type { ReplyHead } from '#wire/head'

/** The call that it is made for. Told of one head or one fault, never both, and of nothing once it cancelled. */
export interface AttemptOwner {
  requestFor(attempt: Attempt): OutboundRequest
  onInformational(head: ReplyHead): void
  /** `body` has not started: start it or abort it. */
  onReplyHead(attempt: Attempt, head: ReplyHead, body: Body | undefined): void
  /** `isRaced`: a kept connection turned out to be closed, and nothing was read. */
  onNoReply(attempt: Attempt, fault: Fault, isRaced: boolean): void
}

export class Attempt extends Timed implements ReplyTaker, ConnectionWaiter {
  readonly target: CallTarget
  /** By the clock's `now`, where someone wants to know how long it takes. */
  readonly startedAt: number
  readonly #owner: AttemptOwner
  #connection: ClientConnection | undefined = undefined
  #isWaiting = false

  constructor(owner: AttemptOwner, target: CallTarget, startedAt: number) {
    super()
    this.#owner = owner
    this.target = target
    this.startedAt = startedAt
  }

  /** `fresh`: on a connection that was not used before. `limitMs`: until the head of the reply; 0 is no limit. */
  begin(fresh: boolean, limitMs: number): void {
    const { pool } = this.target
    if (limitMs > 0) pool.wheel.setIn(this, limitMs)
    this.#isWaiting = true
    pool.take(this, fresh)
  }

  /** Nobody wants its reply any more. */
  cancel(fault: Fault): void {
    this.#timeIsNoMatter()
    if (this.#isWaiting) this.target.pool.forget(this)
    this.#isWaiting = false
    this.#connection?.abort(fault)
  }

  onConnection(connection: ClientConnection): void {
    this.#isWaiting = false
    this.#connection = connection
    connection.send(this.#owner.requestFor(this), this)
  }

  onNoConnection(fault: Fault): void {
    this.#isWaiting = false
    this.#timeIsNoMatter()
    this.#owner.onNoReply(this, fault, false)
  }

  onInformational(head: ReplyHead): void {
    this.#owner.onInformational(head)
  }

  onReplyHead(head: ReplyHead, body: Body | undefined): void {
    this.#connection = undefined
    this.#timeIsNoMatter()
    this.#owner.onReplyHead(this, head, body)
  }

  onNoReply(fault: Fault, isRaced: boolean): void {
    this.#connection = undefined
    this.#timeIsNoMatter()
    this.#owner.onNoReply(this, fault, isRaced)
  }

  /** Its time is up. What was not connected was not sent. */
  override onDeadline(): void {
    const code = this.#connection?.connected === true ? 'RESPONSE_TIMEOUT' : 'CONNECT_TIMEOUT'
    const fault = new Fault(code, 'the time of one try is over')
    this.cancel(fault)
    this.#owner.onNoReply(this, fault, false)
  }

  #timeIsNoMatter(): void {
    if (this.slot >= 0) this.target.pool.wheel.remove(this)
  }
}
