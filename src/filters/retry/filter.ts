/** `retry`: when this route's calls are tried again, over what the service itself says. */

import { defineFilter, retryMembers, type RetryRules, z } from '#sdk/index'

export const retry = defineFilter({
  name: 'retry',
  summary: 'When a call of the service is tried again, where that is safe',
  phase: 'shield',
  combine: 'members',

  options: z.strictObject({
    attempts: retryMembers.attempts.optional(),
    on: retryMembers.on.optional(),
    budget: retryMembers.budget.optional(),
  }),

  create(rules) {
    const said = Object.fromEntries(
      Object.entries(rules).filter(([, rule]) => rule !== undefined),
    ) as Partial<RetryRules>
    return {
      onRequest(ex) {
        ex.limits.retry = said
      },
    }
  },
})
