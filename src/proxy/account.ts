/** What is kept of an exchange that is over: the counters, its lines in both logs, and what filters make of it. */

import type { HttpExchange } from '#proxy/exchange'
import type { Fault } from '#sdk/fault'
import type { AccessRecord } from '#telemetry/access-log'
import { AT } from '#telemetry/counters'

/** `complete`: whether the client has the whole reply. */
export function account(ex: HttpExchange, complete: boolean): void {
  const durationMs = count(ex, complete)
  ex.listening.environment.logAccess?.(recordOf(ex, complete, durationMs))
}

/** All but its line in the access log; returns how long it took. */
export function count(ex: HttpExchange, complete: boolean): number {
  const { environment } = ex.listening
  const { counters } = environment
  const { reply, bytesIn } = ex
  const durationMs = environment.clock.now() - ex.startedAt
  const status = reply?.status ?? 0
  const fault = reply?.fault
  const { bytesOut } = ex.channel
  counters.add(AT.exchanges, -1)
  counters.add(AT.requests, 1)
  counters.add(AT.bytesIn, bytesIn)
  counters.add(AT.bytesOut, bytesOut)
  counters.addStatus(status)
  counters.addDuration(durationMs)
  if (!complete) counters.add(AT.incomplete, 1)
  if (fault !== undefined) tell(ex, status, fault)
  const { onFinish, group } = ex.routeProgram
  if (group > 0) counters.addToGroup(group, status)
  if (onFinish.length > 0) {
    const outcome = { status, complete, bytesIn, bytesOut, durationMs, fault }
    for (const look of onFinish) look(ex, outcome)
  }
  return durationMs
}

export function recordOf(ex: HttpExchange, complete: boolean, durationMs: number): AccessRecord {
  const { reply, request } = ex
  const { stage, api, version } = ex.routeProgram
  return {
    time: ex.listening.environment.time.iso,
    requestId: ex.id,
    traceId: ex.traceId,
    client: ex.client.ip,
    protocol: ex.channel.protocol,
    method: request.method,
    host: request.authority,
    path: request.askedPath,
    route: ex.route,
    stage,
    api,
    version,
    consumer: ex.consumer?.name ?? '',
    credential: ex.credential,
    shadowed: ex.shadowed ?? '',
    service: ex.service,
    target: ex.target,
    attempts: ex.attempts,
    status: reply?.status ?? 0,
    complete,
    bytesIn: ex.bytesIn,
    bytesOut: ex.channel.bytesOut,
    durationMs,
    serviceMs: ex.serviceMs,
    fault: reply?.fault?.code ?? '',
    userAgent: request.headers.get('user-agent') ?? '',
  }
}

function tell(ex: HttpExchange, status: number, fault: Fault): void {
  const { environment } = ex.listening
  environment.counters.addFault(fault.code)
  environment.logFailure({
    requestId: ex.id,
    route: ex.route,
    stage: ex.stage,
    method: ex.request.method,
    path: ex.request.askedPath,
    service: ex.service,
    target: ex.target,
    attempts: ex.attempts,
    status,
    fault,
  })
}
