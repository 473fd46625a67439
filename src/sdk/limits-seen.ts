/** What was found of the limits that a request is under: for whoever tells of them. */

import { Slot } from '#sdk/exchange'
import type { Standing } from '#sdk/store'

export interface LimitPolicy {
  readonly name: string
  /** Where it was written: `defaults`, `api NAME`, `route` or `plan NAME`. */
  readonly scope: string
  readonly limit: number
  /** Seconds; undefined for calls at once. */
  readonly windowS: number | undefined
}

export interface LimitSeen {
  readonly limiter: LimitPolicy
  readonly standing: Standing
}

export const LIMITS_SEEN = new Slot<readonly LimitSeen[]>('limitsSeen')
