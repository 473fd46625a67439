/** Where the reply to one request goes, and how the engine behind it is spoken to: the same for every version of HTTP. */

import type { Body } from '#sdk/body'
import type { Link } from '#sdk/link'

/** What stands above a reply's body. Fields that frame a message or name a connection are left out: the engine writes its own. */
export interface ReplyStart {
  readonly status: number
  /** name, value, name, value … as in HeaderList. */
  readonly fields: readonly string[]
  /** Said when the fields have none of their own. */
  readonly date: string
  /** Said in place of any among the fields. */
  readonly requestId: string
}

export interface ReplyChannel {
  readonly protocol: string
  /** As Via tells it (RFC 9110 §7.6.3). */
  readonly version: string
  /** For the body of the request, if its route says otherwise than the listener. */
  bodyTimeoutMs: number
  /** Of body, so far. */
  readonly bytesOut: number
  /** Whether nothing can be sent any more. */
  readonly finished: boolean
  /** An interim reply (RFC 9110 §15.2); where it comes too late, or is not understood, none. */
  informational(status: number, fields: readonly string[]): void
  /** A reply without a body. `told`: what Content-Length is to say nevertheless. */
  sendHead(start: ReplyStart, told: string | undefined): void
  send(start: ReplyStart, body: Buffer | undefined): void
  /** A reply whose body is pushed here. */
  stream(start: ReplyStart, body: Body): void
  /** A reply that grants another protocol: from here on it is no HTTP. None where that cannot be (RFC 9113 §8.6). */
  switchProtocols?(start: ReplyStart): Link
  /** What was asked can be read in two ways: where requests follow one another, none is read after it. */
  distrust(): void
}
