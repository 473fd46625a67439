/** What answers when a service does not: the words for it, shared by services and routes. */

import { z } from 'zod'
import { destination } from '#sdk/destination'
import type { Fault, FaultCode } from '#sdk/fault'
import { oneOrMore } from '#sdk/schema'
import { type StaticReply, staticReply } from '#sdk/static-reply'

export interface FallbackRules {
  /** Another service is asked, or a reply made. */
  readonly by: { readonly to: string } | { readonly respond: StaticReply<string> }
  readonly on: readonly FallbackReason[]
}

const REASONS = ['connect', 'reset', 'timeout', 'open', 'unavailable'] as const

/**
 * `connect`: no connection; `reset`: no reply, or none that can be read; `timeout`; `open`: left alone by its circuit breaker;
 * `unavailable`: no target, or no room. A number: the service's status.
 */
export type FallbackReason = (typeof REASONS)[number] | number

const error = 'expected connect, reset, timeout, open, unavailable or a status from 500 to 599'
const reason = z.union(
  [z.enum(REASONS, { error }), z.int({ error }).min(500, { error }).max(599, { error })],
  { error },
)

const headerText = () =>
  z.string().regex(/^[\t -~\x80-\xff]*$/, { error: 'expected Latin-1 text without line breaks' }) // oxlint-disable-line no-control-regex

/** As it is written; `on` stays open, so that a route may leave it to the service. */
export const fallbackOptions = z
  .strictObject({
    to: destination().optional().describe('Another service, or a URL'),
    respond: staticReply(headerText()).optional().describe('A reply that is always the same'),
    on: oneOrMore(reason)
      .optional()
      .describe(
        'When: connect, reset, timeout, open, unavailable, or a status; without it the first five',
      ),
  })
  .superRefine(({ to, respond }, check) => {
    if (check.issues.length > 0 || (to === undefined) !== (respond === undefined)) return
    check.addIssue(
      to === undefined ? 'expected "to" or "respond"' : 'expected one of "to" and "respond"',
    )
  })
  .transform(({ to, respond, on }): Partial<FallbackRules> => ({
    by: to === undefined ? { respond: respond! } : { to },
    ...(on && { on }),
  }))

/** What is done on when nobody says: there was no reply, of whatever cause. */
export const FALLBACK_REASONS: readonly FallbackReason[] = REASONS

const REASON_OF: Partial<Record<FaultCode, FallbackReason>> = {
  SERVICE_REFUSED: 'connect',
  CONNECT_TIMEOUT: 'connect',
  SERVICE_RESET: 'reset',
  SERVICE_BAD_REPLY: 'reset',
  RESPONSE_TIMEOUT: 'timeout',
  IDLE_TIMEOUT: 'timeout',
  TOTAL_TIMEOUT: 'timeout',
  CIRCUIT_OPEN: 'open',
}

/** Why a call brought no reply; undefined when it was not the service's doing. */
export function fallbackReason({ code, kind }: Fault): FallbackReason | undefined {
  const isUnavailable = kind.status === 503 && code !== 'DRAINING'
  return REASON_OF[code] ?? (isUnavailable ? 'unavailable' : undefined)
}
