/** What consumers may use: rates and quotas, as the features that know of plans read them, and flags. */

import { z } from 'zod'
import { oneOrMore } from '#sdk/schema'
import type { Known } from '../known.ts'
import { inStages } from './stages.ts'
import { named } from './words.ts'

export function plansShape({ filters }: Known) {
  const members: Record<string, z.ZodType> = {}
  for (const { ofPlan = {} } of filters)
    for (const [name, schema] of Object.entries(ofPlan)) members[name] = schema.optional()
  const plan = z.strictObject({
    ...members,
    features: oneOrMore(z.string().regex(/^[\w.-]{1,64}$/, { error: 'expected a word' }))
      .optional()
      .describe('Words for expressions: "exports" in consumer.features'),
  })
  return {
    plans: named(plan.extend({ stages: inStages(plan) }))
      .prefault({})
      .describe('What consumers may use, by name'),
  }
}
