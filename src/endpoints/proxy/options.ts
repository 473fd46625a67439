/** What `to` takes: one service, or several with their shares. */

import {
  condition,
  destination,
  exchangeKey,
  type Expression,
  type KeyPart,
  someTime,
  z,
} from '#sdk/index'

export interface Member {
  readonly to: string
  /** Beside the others'. 0: for those alone for whom `when` holds. */
  readonly weight: number
  readonly when: Expression | undefined
}

/** What keeps one person on one side. */
export interface Sticky {
  readonly key: readonly KeyPart[] | undefined
  /** A cookie of the gateway's own, for requests without the key. */
  readonly cookie: { readonly name: string; readonly maxAgeMs: number } | undefined
}

export interface Split {
  readonly split: readonly Member[]
  readonly sticky: Sticky | undefined
}

const WEIGHT = 'expected a weight from 0 to 1000000'

const member = z
  .strictObject({
    to: destination().describe('The name of a service, or a URL'),
    weight: z
      .int({ error: WEIGHT })
      .min(0, { error: WEIGHT })
      .max(1_000_000, { error: WEIGHT })
      .optional()
      .describe('Its share beside the others; 0 for testers alone'),
    when: condition().optional().describe('Who goes there whatever the weights, in CEL'),
  })
  .superRefine(({ weight, when }, check) => {
    if (when !== undefined || check.issues.length > 0) return
    if (weight === undefined) check.addIssue('expected a weight beside "to", such as weight: 5')
    if (weight === 0)
      check.addIssue({
        code: 'custom',
        path: ['weight'],
        message: 'expected a weight above 0, or a "when" that says who goes there',
      })
  })
  .transform(({ to, weight = 0, when }): Member => ({ to, weight, when }))

const members = z
  .array(member)
  .min(2)
  .superRefine((list, check) => {
    const seen = new Set<string>()
    for (const [index, { to }] of list.entries()) {
      if (seen.has(to))
        check.addIssue({
          code: 'custom',
          path: [index, 'to'],
          message: 'expected each service once: add the weights',
        })
      seen.add(to)
    }
    if (check.issues.length === 0 && list.every(({ weight }) => weight === 0))
      check.addIssue('expected one with a weight above 0, for everybody else')
  })

const sticky = z.union([
  exchangeKey().transform((key): Sticky => ({ key, cookie: undefined })),
  z
    .strictObject({
      key: exchangeKey().optional().describe('What makes a person, where a request has it'),
      cookie: z
        .string()
        .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected the name of a cookie' })
        .describe('A cookie that the gateway sets where a request has not the key'),
      maxAge: someTime().prefault('30d').describe('How long a browser keeps that cookie'),
    })
    .transform(({ key, cookie, maxAge }): Sticky => ({
      key,
      cookie: { name: cookie, maxAgeMs: maxAge },
    })),
])

export const options = z.union([
  destination(),
  members.transform((split): Split => ({ split, sticky: undefined })),
  z
    .strictObject({
      split: members.describe('Services with their weights'),
      sticky: sticky
        .optional()
        .describe('What keeps one person on one side: a key, or a cookie of the gateway’s own'),
    })
    .transform(({ split, sticky: kept }): Split => ({ split, sticky: kept })),
])
