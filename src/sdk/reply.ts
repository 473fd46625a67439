/** An answer to the client, wherever it was made. */

import { HeaderList } from '#http/header-list'
import type { Body } from '#sdk/body'
import type { Fault } from '#sdk/fault'

export class Reply {
  status: number
  headers: HeaderList
  /** A string is sent as UTF-8. `undefined`: there is none. */
  body: Body | Buffer | string | undefined
  /** Who made it. A cache stores only what a service said. */
  readonly from: 'service' | 'gateway'
  /** Why, when it is the answer to something that went wrong. The log gets it whole; the client sees the code. */
  fault: Fault | undefined

  constructor(
    status: number,
    headers: HeaderList = new HeaderList(),
    body?: Body | Buffer | string,
    from: 'service' | 'gateway' = 'gateway',
  ) {
    this.status = status
    this.headers = headers
    this.body = body
    this.from = from
    this.fault = undefined
  }
}

/** The answer to a fault. Its body, a problem document or a page, is written when it is sent: see proxy/problem. */
export function replyToFault(fault: Fault, headers?: HeaderList): Reply {
  const reply = new Reply(fault.kind.status, headers)
  if (fault.retryAfterS !== undefined) reply.headers.set('retry-after', String(fault.retryAfterS))
  reply.fault = fault
  return reply
}
