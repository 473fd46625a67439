/** One set of APIs, several worlds: what tells them apart. */

import { z } from 'zod'
import { normalizePath } from '#http/path'
import { oneOrMore } from '#sdk/schema'
import { named } from './words.ts'

const stage = z.strictObject({
  hosts: oneOrMore(z.string().min(1)).describe('Hosts that are this stage: exact, or "*.name"'),
  pathPrefix: z
    .string()
    .refine(isPrefix, { error: 'expected a path such as /qa, without a slash at its end' })
    .optional()
    .describe('What paths of this stage begin with; taken off before routes match'),
})

/** Whole segments in normal form; one that looks like a pattern is none, and no path begins with it. */
function isPrefix(path: string): boolean {
  return /^(?:\/[^/{}*?#]+)+$/.test(path) && normalizePath(path) === path
}

export const stages = {
  stages: named(stage)
    .optional()
    .describe('One set of APIs, several worlds, told apart by URL: production, staging, qa …'),
}

/** Members that replace those beside them in one stage. */
export const inStages = <T extends z.ZodType>(members: T) =>
  named(members).optional().describe('Members that replace these, by stage')
