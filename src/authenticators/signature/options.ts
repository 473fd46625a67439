/** What `signature` takes. */

import { oneOrMore, someTime, z } from '#sdk/index'
import { entries } from './keys.ts'

const DERIVED = [
  '@method',
  '@target-uri',
  '@authority',
  '@scheme',
  '@request-target',
  '@path',
  '@query',
] as const

const COMPONENT = `expected a header field, or one of ${DERIVED.join(', ')}`
const component = z
  .string({ error: COMPONENT })
  .refine((name) => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) || isDerived(name), {
    error: COMPONENT,
  })

function isDerived(name: string): boolean {
  return (DERIVED as readonly string[]).includes(name)
}

export const options = z.strictObject({
  keys: z
    .union([entries, z.string()])
    .describe(
      'Of those who sign: a list, or a JSON file with one: { kid, alg, key or secret, consumer }',
    ),
  components: oneOrMore(component)
    .prefault(['@method', '@authority', '@path', '@query', 'content-digest'])
    .describe(
      'What must be signed; @query where there is one, and content-digest where there is a body',
    ),
  maxAge: someTime()
    .prefault('5m')
    .describe('How long a signature holds from when it was made (5m)'),
  nonce: z
    .enum(['optional', 'required'])
    .default('optional')
    .describe('required: each must have a nonce, which is good once; one that is there always is'),
  label: z.string().min(1).optional().describe('The signature that counts; else any that holds'),
  tag: z.string().min(1).optional().describe('What signatures must be for: their tag'),
})

export type Options = z.output<typeof options>
