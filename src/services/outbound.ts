/** A request as one attempt sends it: its head in the target's terms, its body, and its time. */

import { acceptOf } from '#http/websocket'
import type { Exchange } from '#sdk/exchange'
import type { ServiceRequest, TimeLimits } from '#sdk/service'
import type { Attempt } from '#services/attempt'
import { deadlineLine, requestHeadText } from '#services/request-head'
import type { PooledService } from '#services/service'
import type { OutboundRequest } from '#wire/http1/connection-owner'

export function outboundOf(
  ex: Exchange,
  request: ServiceRequest,
  service: PooledService,
  attempt: Attempt,
  limits: TimeLimits,
  totalDeadline: number,
): OutboundRequest {
  const { target } = attempt
  const { deadlineHeader } = service
  const host = service.hostFor(ex, target)
  return {
    method: request.method,
    headText: requestHeadText(ex, request, target, host, deadlineHeader),
    lateLines:
      deadlineHeader === undefined
        ? undefined
        : () => deadlineLine(deadlineHeader, msLeft(service, attempt, limits, totalDeadline)),
    body: request.body,
    expectContinue: request.expectContinue === true,
    accept: request.upgrade === undefined ? undefined : acceptOf(request.headers),
    // Where the head was edited, a trailer could say again what was set otherwise or taken away.
    passesTrailers: request.headers === ex.request.headers && deadlineHeader === undefined,
    limits,
    totalDeadline,
  }
}

/** Until it must be answered: the attempt's own limit is its deadline. */
function msLeft(
  { clock }: PooledService,
  { deadline }: Attempt,
  { response }: TimeLimits,
  totalDeadline: number,
): number {
  return Math.min(response || Infinity, Math.min(totalDeadline, deadline) - clock.now())
}
