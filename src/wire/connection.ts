/** What a client's connection and its user, the listener, ask of each other, whatever is spoken on it. */

import type { TimerWheel } from '#base/timer-wheel'
import type { Fault, FaultCode } from '#sdk/fault'
import type { RequestHead } from '#wire/head'
import type { RequestBody } from '#wire/request-body'
import type { ReplyChannel } from '#wire/reply-channel'

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
  /** Requests at once on one connection of HTTP/2. */
  readonly streams: number
}

/** One client's connection. */
export interface Connection {
  /** Begun on it so far. */
  readonly requests: number
  /** How many of them are being served. */
  readonly underWay: number
  /** Of what was said on it: bytes that its socket has not taken. */
  readonly unsentBytes: number
  /** The gateway leaves: the client is told, and what it asks from here on is served still. */
  drain(): void
  /** Ends it now if nothing is being served on it; else with the last reply. */
  endIfIdle(): void
  /** Cuts it. What was being served is told. */
  cut(fault: Fault): void
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
  /** A request, valid on the wire. Its reply goes out through the channel. */
  request(channel: ReplyChannel, head: RequestHead, body: RequestBody | undefined): Served
  /** What came is no request that can be served: to be answered with the fault. */
  refusal(channel: ReplyChannel, fault: FaultCode, head: RequestHead | undefined): Served
  onClosed(): void
}
