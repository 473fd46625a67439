/** What a client's connection and its user, the listener, ask of each other. */

import type { TimerWheel } from '#base/timer-wheel'
import type { Fault, FaultCode } from '#sdk/fault'
import type { RequestHead } from '#wire/http1/head'
import type { RequestBody } from '#wire/http1/request-body'
import type { ServerConnection } from '#wire/http1/server-connection'

export interface ConnectionLimits {
  readonly headerBytes: number
  readonly targetBytes: number
  readonly fields: number
  /** From the first byte of a head to its last. */
  readonly headerTimeoutMs: number
  /** Between two requests, and while a client does not read what it was sent. */
  readonly idleTimeoutMs: number
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number
}

/** What becomes of a request: made by the connection's user, told to begin, and told how it ends. */
export interface Served {
  begin(): void
  /** The client left, or took too long: whatever still works for it should stop. */
  clientGone(fault: Fault): void
  /** The client closed its side. True when that means that it is gone (see architecture: half-closed connections). */
  endMeansGone(): boolean
  /** The reply is out, or never will be. `fault`: what cut it short. */
  finished(complete: boolean, fault?: Fault): void
}

export interface ConnectionUser {
  readonly limits: ConnectionLimits
  readonly wheel: TimerWheel
  /** Whether forwarding fields from this peer are believed. */
  readonly trusted: boolean
  /** A request, valid on the wire. Its reply goes out through `connection.writer`. */
  request(connection: ServerConnection, head: RequestHead, body: RequestBody | undefined): Served
  /** What came is no request that can be served: to be answered with the fault; the connection closes after it. */
  refusal(connection: ServerConnection, fault: FaultCode, head: RequestHead | undefined): Served
  onClosed(connection: ServerConnection): void
}
