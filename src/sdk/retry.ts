/** When a call of a service is tried again: the words for it, shared by services and routes. */

import { z } from 'zod'
import { oneOrMore, share } from '#sdk/schema'

export interface RetryRules {
  /** All tries together: 1 is no second one. */
  readonly attempts: number
  /** What is tried again, where that is safe. */
  readonly on: readonly RetryReason[]
  /** Second tries for each first one, at most: 0.2 is one in five. What was never sent does not count. */
  readonly budget: number
}

/** `connect`: nothing was sent. `reset`, `timeout`: no reply came. A number: the service's status. */
export type RetryReason = 'connect' | 'reset' | 'timeout' | number

const error = 'expected connect, reset, timeout, 429 or a status from 500 to 599'
const reason = z.union(
  [
    z.enum(['connect', 'reset', 'timeout'], { error }),
    z.literal(429, { error }),
    z.int({ error }).min(500, { error }).max(599, { error }),
  ],
  { error },
)

/** Each as it is written; without defaults, so that a route can say a part. */
export const retryMembers = {
  attempts: z.int().min(1).max(10).describe('All tries together; 1 is no second one'),
  on: oneOrMore(reason).describe('What is tried again: connect, reset, timeout, or a status'),
  budget: share().describe('Second tries beside all first ones, at most'),
}
