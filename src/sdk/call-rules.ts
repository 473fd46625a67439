/** The rules of calls: how a service is called, by what it says itself and by what a route says over that. */

import { z } from 'zod'
import { parseDuration } from '#base/duration'
import type { FallbackRules } from '#sdk/fallback'
import type { FilterDefinition } from '#sdk/filter'
import type { MirrorRules } from '#sdk/mirror'
import type { RetryRules } from '#sdk/retry'
import { duration, share, someTime } from '#sdk/schema'
import type { TimeLimits } from '#sdk/service'

/** Compiled once for each service and all routes that say the same of it. */
export interface CallRules {
  readonly timeout: TimeLimits
  readonly retry: RetryRules
  /** Undefined: it is asked however often it fails. */
  readonly circuitBreaker: BreakerRules | undefined
  /** Undefined: there is no bound but that of connections. */
  readonly concurrency: ConcurrencyRules | undefined
  /** Undefined: one target is asked at a time. */
  readonly hedge: HedgeRules | undefined
  /** Undefined: a call that fails has failed. */
  readonly fallback: FallbackRules | undefined
  /** Undefined: nobody else gets a copy. */
  readonly mirror: MirrorRules | undefined
}

export interface BreakerRules {
  /** The share of calls, from 0 to 1, that may fail. */
  readonly errorRate: number
  /** Calls in the window before that share means anything. */
  readonly minRequests: number
  /** Milliseconds that the service is left alone. */
  readonly open: number
}

export interface ConcurrencyRules {
  /** Calls under way at once, over all workers. */
  readonly max: number
  /** Calls that wait for their turn, over all workers. */
  readonly queue: number
  /** Milliseconds that one waits. */
  readonly timeout: number
}

export interface HedgeRules {
  /** Milliseconds, or the share of replies that come sooner: p95 is 95 of 100. */
  readonly after: number | `p${number}`
  /** Second targets beside all calls that may be hedged: 0.05 is one in twenty. */
  readonly budget: number
}

// Members as they are written; without defaults, so that a route can say a part.

export const timeoutMembers = {
  connect: duration().describe('Until a connection stands'),
  response: duration().describe('From the request sent to the head of the reply'),
  perTry: duration().describe(
    'Of one try, from its start to the head of the reply; 0s is no limit',
  ),
  idle: duration().describe('Between two pieces of a body, either way'),
  total: duration().describe('From first byte to last, all told; 0s is no limit'),
}

export const breakerMembers = {
  errorRate: share().describe('Calls of the last ten seconds that may fail'),
  minRequests: z.int().min(1).describe('Calls before that share means anything'),
  open: someTime().describe('How long the service is left alone'),
}

export const concurrencyMembers = {
  max: z.int().min(1).max(1_000_000).describe('Calls under way at once, over all workers'),
  queue: z
    .int()
    .min(0)
    .max(100_000)
    .describe('Calls that wait for their turn; beyond it they are 503'),
  timeout: duration().describe('How long one waits for its turn'),
}

const AFTER_HINT = 'expected p50 to p99, or a duration such as 50ms'

const after = z.string({ error: AFTER_HINT }).transform((text, check): HedgeRules['after'] => {
  if (/^p[5-9]\d$/.test(text)) return text as `p${number}`
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  check.addIssue(AFTER_HINT)
  return z.NEVER
})

export const hedgeMembers = {
  after: after.describe(
    'How late a reply is when another target is asked: p95 is later than 95 of 100, or a duration',
  ),
  budget: share().describe('Calls that another target may be asked for, at most'),
}

/** A feature that stands over a service's member of the same name, and takes no part in the pipeline. */
export function defineCallRule<Options extends z.ZodType, const Name extends keyof CallRules>(
  rule: Pick<FilterDefinition<Options, Name>, 'name' | 'summary' | 'options' | 'references'>,
): FilterDefinition<Options, Name> {
  return { ...rule, phase: 'deliver', combine: 'members', create: () => ({}) }
}
