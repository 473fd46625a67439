/** What a connection to a service, the call it carries and the pool that owns it ask of each other. */

import type { LookupFunction } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { TimerWheel } from '#base/timer-wheel'
import type { Body } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import type { TimeLimits } from '#sdk/service'
import type { ClientConnection } from '#wire/http1/client-connection'
import type { ReplyHead } from '#wire/head'

export type Address =
  | {
      readonly host: string
      readonly port: number
      /** Undefined: plain text. */
      readonly tls?: ConnectionOptions | undefined
      /** Looks a name up, and may refuse what it finds. */
      readonly lookup?: LookupFunction | undefined
    }
  | { readonly socketPath: string }

/** One request, ready for the wire. */
export interface OutboundRequest {
  readonly method: string
  /** The whole head but for the fields that frame the body and the empty line. */
  readonly headText: string
  /** Whole lines that say what is true at the moment the head is written. */
  readonly lateLines?: (() => string) | undefined
  readonly body: Body | undefined
  /** Hold the body back until the service says 100 (RFC 9110 §10.1.1), or a moment has passed. */
  readonly expectContinue: boolean
  /** It asks for WebSocket, and this is the Sec-WebSocket-Accept that grants it. */
  readonly accept: string | undefined
  /** Whether trailers of the body go out with it. */
  readonly passesTrailers: boolean
  readonly limits: TimeLimits
  /** When all must be over, in the wheel's milliseconds. */
  readonly totalDeadline: number
}

/** Whoever waits for the reply. Told of one head or one fault, never both. A 101, if it was asked for, has a Link for a body. */
export interface ReplyTaker {
  /** 1xx other than 100 and 101. */
  onInformational(head: ReplyHead): void
  /** The reply is here; `body` has not started: start it or abort it. Undefined: the reply has none. */
  onReplyHead(head: ReplyHead, body: Body | undefined): void
  /** There will be no reply. `untouched`: a used connection ended without a word, and no body was sent on it. */
  onNoReply(fault: Fault, untouched: boolean): void
}

/** Whoever owns the connection between requests: the pool. */
export interface ConnectionOwner {
  readonly wheel: TimerWheel
  /** The last TLS session with the target: the next connection goes on with it. */
  session: Buffer | undefined
  readonly maxHeadBytes: number
  readonly maxFields: number
  /** Shared by all connections of a thread: what a read brings is used up or copied before the next read. */
  readonly readBuffer: Buffer
  /** Free for another request. `hint`: the reply's Keep-Alive field. */
  onIdle(connection: ClientConnection, hint: string | undefined): void
  /** It has switched protocols: it will not come back. */
  onSwitched(): void
  onClosed(connection: ClientConnection): void
}
