/** What a caller gets who has had enough. */

import { Fault, type Reply, replyToFault } from '#sdk/index'
import type { Asked, Closed } from './group.ts'

/** When one who found the store gone may ask again, in seconds. */
const STORE_RETRY_S = 1

/** Of those that refuse, the one that does so the longest. */
export function refusal(refused: readonly Asked[]): Reply {
  const longest = Math.max(...refused.map(({ standing }) => standing!.retryMs))
  const fault = new Fault(
    'RATE_LIMITED',
    `refused by ${refused.map(({ limiter }) => limiter.name).join(', ')}`,
  )
  if (Number.isFinite(longest)) fault.retryAfterS = Math.max(1, Math.ceil(longest / 1_000))
  return replyToFault(fault)
}

export function closed({ limiter, cause }: Closed): Reply {
  const fault = new Fault('LIMITS_UNAVAILABLE', `the store ${limiter.rule.store} cannot say`, cause)
  fault.retryAfterS = STORE_RETRY_S
  return replyToFault(fault)
}
