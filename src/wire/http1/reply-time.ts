/** Until when a reply must be whole: one that is a stream lasts as long as something comes. */

import { isStreamType } from '#http/stream-types'
import type { OutboundRequest } from '#wire/http1/connection-owner'
import type { ReplyHead } from '#wire/head'

/** The request, with the time that the head of its reply leaves it. */
export function timedBy(request: OutboundRequest, { headers }: ReplyHead): OutboundRequest {
  if (request.totalDeadline === Infinity || !isStreamType(headers.get('content-type')))
    return request
  return { ...request, totalDeadline: Infinity }
}
