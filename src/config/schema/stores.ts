/** Where counters and cached replies live: `memory`, which is there anyway, and stores of a name and one kind each. */

import { z } from 'zod'
import type { Known } from '../known.ts'
import * as words from './words.ts'

export function storesShape({ stores }: Known) {
  const kinds: Record<string, z.ZodType> = {}
  for (const { name, summary, options } of stores)
    kinds[name] = options.optional().describe(summary)
  const names = Object.keys(kinds).join(', ')
  const store = z.strictObject(kinds).superRefine((members, check) => {
    const isTold = check.issues.length > 0
    if (!isTold && Object.keys(members).length !== 1)
      check.addIssue(`expected one kind of store: ${names}`)
  })
  const { memory } = kinds
  return {
    stores: z
      .object({ memory: memory!.optional().describe('The default store: memory of this machine') })
      .catchall(store)
      .superRefine(checkNames)
      .prefault({})
      .describe('Where counters and cached replies live, by name'),
  }
}

function checkNames(stores: object, check: z.RefinementCtx): void {
  for (const name of Object.keys(stores)) {
    const issues = words.name().safeParse(name).error?.issues ?? []
    if (issues.length === 0) continue
    check.addIssue({ code: 'invalid_key', origin: 'record', issues, input: stores, path: [name] })
  }
}
