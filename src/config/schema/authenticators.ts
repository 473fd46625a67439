/** Ways to know who calls, each under a name: the methods are those that are known. */

import { z } from 'zod'
import type { Known } from '../known.ts'
import { inStages } from './stages.ts'
import { named } from './words.ts'

export function authenticatorsShape({ authenticators }: Known) {
  const methods: Record<string, z.ZodType> = {}
  for (const { name, summary, options } of authenticators)
    methods[name] = options.optional().describe(summary)
  const names = Object.keys(methods).join(', ')
  const checkOne = (members: object, check: z.RefinementCtx): void => {
    if (check.issues.length > 0) return // it was told what is wrong
    const { stages: _, ...given } = members as { stages?: unknown }
    const count = Object.values(given).filter((value) => value !== undefined).length
    if (count !== 1) check.addIssue(`expected exactly one method: ${names}`)
  }
  const one = z.strictObject(methods).superRefine(checkOne)
  return {
    authenticators: named(
      z.strictObject({ ...methods, stages: inStages(one) }).superRefine(checkOne),
    )
      .prefault({})
      .describe('Ways to know who calls, by name: each has one method'),
  }
}
