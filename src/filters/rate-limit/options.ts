/** What a rule of `rateLimit` may say. */

import {
  exchangeKey,
  type Expression,
  expressionOfReply,
  type KeyPart,
  oneOrMore,
  rate,
  type RateText,
  someTime,
  z,
} from '#sdk/index'

const count = () =>
  z.int({ error: 'expected a whole number' }).min(1, { error: 'expected 1 or more' })

const queue = z.union([
  someTime().transform((wait) => ({ wait, max: 100 })),
  z.strictObject({
    wait: someTime().describe('How long a call may wait for its turn'),
    max: count().prefault(100).describe('How many may wait at once, in each worker'),
  }),
])

const members = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: 'expected a name' })
    .optional()
    .describe('What replies and logs call it; one of the same name further in takes its place'),
  limit: z
    .union([rate(), count(), z.literal(false)], {
      error: 'expected a rate such as 100/s, 600/min, 3/10s or 1000/day',
    })
    .describe(
      'How much in what time: 100/s; a number with algorithm: concurrency; false ends the rule of this name',
    ),
  burst: count().optional().describe('gcra: how much may go at once; else as much as the limit'),
  by: exchangeKey()
    .optional()
    .describe('Whom it counts for; else the consumer, and the address of those nobody knows'),
  cost: z
    .union([z.number().min(0), expressionOfReply()])
    .prefault(1)
    .describe(
      'What a call costs: a number or an expression, also of the reply: reply.json.usage.total_tokens',
    ),
  algorithm: z
    .enum(['gcra', 'slidingWindow', 'fixedWindow', 'concurrency'])
    .prefault('gcra')
    .describe('gcra refills evenly; windows are a hard count; concurrency counts calls under way'),
  timeZone: z
    .string()
    .refine(isTimeZone, { error: 'expected a time zone such as Europe/Berlin' })
    .prefault('UTC')
    .describe('fixedWindow: where days, weeks and months begin'),
  store: z.string().prefault('memory').describe('Where it is counted: a name of `stores`'),
  mode: z
    .enum(['enforce', 'shadow'])
    .prefault('enforce')
    .describe('shadow: counts, and refuses nobody; the log says whom it would have'),
  queue: queue.optional().describe('A short wait in place of a refusal'),
  onStoreFailure: z
    .enum(['localShare', 'open', 'closed'])
    .prefault('localShare')
    .describe('When the store is gone: this gateway’s share of the limit, no limit, or 503'),
  headers: z
    .enum(['standard', 'legacy', 'both', 'none'])
    .prefault('standard')
    .describe('RateLimit and RateLimit-Policy, X-RateLimit-*, both, or neither'),
})

export interface Rule extends Omit<z.output<typeof members>, 'limit' | 'cost' | 'by'> {
  readonly limit: RateText | number | false
  readonly cost: number | Expression
  readonly by?: KeyPart[] | undefined
  /** Where it was written: whoever shares the place shares its counters. Set when it is read. */
  readonly scope: string
}

const long = members.superRefine(({ name, limit, algorithm, burst, timeZone }, check) => {
  const isCount = typeof limit === 'number'
  if (limit === false && name === undefined)
    check.addIssue('found limit: false without a name, expected the name of the rule that ends')
  if (limit === false) return
  if (isCount !== (algorithm === 'concurrency'))
    check.addIssue(
      isCount
        ? 'found a limit without a time, expected one such as 100/s, or algorithm: concurrency'
        : 'found a limit with a time beside algorithm: concurrency, expected a number: so many at once',
    )
  if (burst !== undefined && algorithm !== 'gcra')
    check.addIssue('found burst beside a window, expected it with algorithm: gcra')
  if (timeZone !== 'UTC' && (isCount || limit.unit === undefined || algorithm !== 'fixedWindow'))
    check.addIssue(
      'found a timeZone, expected it with algorithm: fixedWindow and a limit per day, week or month',
    )
})

const short = rate().transform((limit) => ({ ...members.parse({ limit: '1/s' }), limit }))

/** One rule or several. */
export const options = oneOrMore(z.union([short, long])).superRefine((rules, check) => {
  const names = rules.flatMap(({ name }) => name ?? [])
  for (const [n, name] of names.entries())
    if (names.indexOf(name) < n)
      check.addIssue(`found two rules named ${name}, expected other names`)
})

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Rules of the same name: the one further in has the say. */
export function mergeRules(outer: unknown, inner: unknown): Rule[] {
  const later = inner as Rule[]
  const names = new Set(later.flatMap(({ name }) => name ?? []))
  return [
    ...(outer as Rule[]).filter(({ name }) => name === undefined || !names.has(name)),
    ...later,
  ]
}

export function scoped(rule: Rule, scope: string): Rule {
  return { ...rule, scope }
}

/** Whether it needs to be known who calls. */
export function isByCaller({ by, cost }: Rule): boolean {
  return by === undefined || by.some(isOfCaller) || typeof cost === 'object'
}

function isOfCaller(part: KeyPart): boolean {
  return typeof part === 'object' || part === 'consumer' || part.startsWith('claim:')
}
