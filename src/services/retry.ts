/** Whether a call is tried again: only where that is safe, and never so often that it makes bad things worse. */

import { isEmpty } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import type { RetryRules } from '#sdk/retry'
import type { ServiceRequest } from '#sdk/service'
import type { BoundService } from '#services/bound-service'
import type { ReplyHead } from '#wire/head'

/** Safe to send twice (RFC 9110 §9.2.2; QUERY by RFC 10008). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'])

/** May this request reach a service twice? A body that has begun to leave is gone. */
export function isRepeatable({ method, headers, body }: ServiceRequest): boolean {
  return isEmpty(body) && (IDEMPOTENT.has(method) || headers.has('idempotency-key'))
}

/** What a call has behind it. */
interface Tried {
  readonly service: BoundService
  readonly request: ServiceRequest
  readonly attempts: number
  readonly totalDeadline: number
}

/** Whether the rules want another try after this fault. */
function wantsRetry({ on }: RetryRules, { kind, code }: Fault, isRaced: boolean): boolean {
  if (kind.retry === 'unsent') return on.includes('connect')
  if (kind.retry !== 'idempotent') return false
  return isRaced || on.includes(code === 'RESPONSE_TIMEOUT' ? 'timeout' : 'reset')
}

/** Whether there is another try after a fault of the service. `isRaced`: a kept connection turned out to be closed. */
export function mayFollow(
  { service, request, attempts }: Tried,
  fault: Fault,
  isRaced: boolean,
): boolean {
  const { retry } = service.rules
  if (attempts >= Math.max(retry.attempts, isRaced ? 2 : 1)) return false
  if (!wantsRetry(retry, fault, isRaced)) return false
  if (fault.kind.retry === 'unsent') return true
  return isRepeatable(request) && (isRaced || service.retryBudget.spend())
}

/** Milliseconds until the service is asked again in spite of its reply; undefined when it is not. */
export function pauseAfter(tried: Tried, head: ReplyHead): number | undefined {
  const { service, request, attempts, totalDeadline } = tried
  const { retry } = service.rules
  if (!retry.on.includes(head.status) || attempts >= retry.attempts) return undefined
  if (!isRepeatable(request)) return undefined
  const { clock } = service.service
  const asked = retryAfter(head, clock.wall())
  if (asked === undefined || clock.now() + asked >= totalDeadline) return undefined
  return service.retryBudget.spend() ? asked + pauseBefore(attempts + 1) : undefined
}

/** The longest that a service may ask us to wait, by Retry-After, before we try again. */
const MAX_RETRY_AFTER_MS = 2_000
const FIRST_PAUSE_MS = 25
const MAX_PAUSE_MS = 1_000

/** Milliseconds until the next try: longer each time, and never in step with others. */
export function pauseBefore(attempt: number): number {
  const most = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 2))
  return most * (0.5 + Math.random() / 2)
}

/** What a reply's Retry-After asks for, in milliseconds (RFC 9110 §10.2.3); undefined when that is too long to wait. */
function retryAfter({ headers }: ReplyHead, wallMs: number): number | undefined {
  const said = headers.get('retry-after')
  if (said === undefined) return 0
  const ms = /^\d{1,9}$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - wallMs
  return ms <= MAX_RETRY_AFTER_MS ? Math.max(0, ms) : undefined // NaN is too long
}
