/** The rules of a consumer's plan: its rates, and its quotas as rules by the calendar. */

import { type Host, oneOrMore, type Plan, rate, z } from '#sdk/index'
import { Limiter } from './limiter.ts'
import { options, type Rule, scoped } from './options.ts'

const QUOTA = 'expected a quota per day, week or month, such as 1000000/month'

const quotaRate = () => rate().refine(({ unit }) => unit !== undefined, { error: QUOTA })

const quota = z.union([
  quotaRate().transform((limit) => ({ limit, timeZone: 'UTC' })),
  z.strictObject({
    limit: quotaRate().describe('How much per day, week or month, as a calendar has them'),
    timeZone: z
      .string()
      .refine((zone) => Intl.supportedValuesOf('timeZone').concat('UTC').includes(zone), {
        error: 'expected a time zone such as Europe/Berlin',
      })
      .prefault('UTC')
      .describe('Where days, weeks and months begin'),
    store: z.string().optional().describe('Where it is counted: a name of `stores`'),
  }),
])

export const quotas = oneOrMore(quota)

/** A plan counts for its consumers on all routes together. */
export function limitersOf({ name, rateLimit, quota: of }: Plan, host: Host): Limiter[] {
  const scope = `plan ${name}`
  const rates = rateLimit === undefined ? [] : (options.parse(rateLimit) as Rule[])
  const counted = of === undefined ? [] : quotas.parse(of)
  const rules = [...rates.map(byConsumer), ...counted.map(ruleOf)]
  return rules.map((rule, n) => new Limiter(scoped(rule, scope), n, host))
}

function byConsumer(rule: Rule): Rule {
  return { ...rule, by: rule.by ?? ['consumer'] }
}

const [QUOTA_RULE] = options.parse({ limit: '1/day', algorithm: 'fixedWindow', by: 'consumer' })

function ruleOf(said: z.output<typeof quota>, n: number): Rule {
  const { limit, timeZone } = said
  const store = 'store' in said && said.store !== undefined ? { store: said.store } : {}
  const name = n === 0 ? 'quota' : `quota-${n + 1}`
  return { ...(QUOTA_RULE as Rule), ...store, limit, timeZone, name }
}
