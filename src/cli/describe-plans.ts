/** What `explain` says of plans: what holds beside the route's own limits once the caller is known. */

import type { GatewayConfig } from '#config/config'
import { planIn } from '#config/plans'

/** `members`: those of plans that are the feature's. */
export function describePlans(
  { plans }: GatewayConfig,
  stage: string | undefined,
  members: object,
): string[] {
  return plans.flatMap((plan) => {
    const { name, ...own } = planIn(plan, stage ?? '')
    const said = Object.entries(own).filter(([key]) => Object.hasOwn(members, key))
    return said.length === 0
      ? []
      : `plan      ${name}: ${said.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ')}`
  })
}
