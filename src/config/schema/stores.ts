/** Where counters and cached replies live: `memory`, which is there anyway, and stores of a name and one kind each. */

import { z } from 'zod'
import type { Known } from '../known.ts'
import * as words from './words.ts'

export function storesShape({ stores }: Known) {
  const kinds: Record<string, z.ZodType> = {}
  for (const { name, summary, options } of stores) kinds[name] = options.optional().describe(summary)
  const store = z.strictObject(kinds).refine((members) => Object.keys(members).length === 1, {
    error: `expected one kind of store: ${Object.keys(kinds).join(', ')}`,
  })
  const { memory } = kinds
  return {
    stores: z
      .object({ memory: memory!.describe('The default store: memory of this machine') })
      .catchall(store)
      .superRefine(checkNames)
      .prefault({})
      .describe('Where counters and cached replies live, by name'),
  }
}

function checkNames(stores: object, check: z.RefinementCtx): void {
  for (const name of Object.keys(stores)) {
    const { error } = words.name().safeParse(name)
    for (const { message } of error?.issues ?? []) {
      check.addIssue({ code: 'custom', path: [name], message, params: { aim: 'key' } })
    }
  }
}
