/** Where requests go. */

import { z } from 'zod'
import { breakerMembers, concurrencyMembers, hedgeMembers, timeoutMembers } from '#sdk/call-rules'
import { parseAuthority } from '#http/authority'
import { exchangeKey } from '#sdk/exchange-key'
import { fallbackOptions } from '#sdk/fallback'
import { mirrorOptions } from '#sdk/mirror'
import { FRAMING_FIELDS, HOP_FIELDS } from '#sdk/own-fields'
import { retryMembers } from '#sdk/retry'
import { duration, headerName, oneOrMore, share, someTime } from '#sdk/schema'
import { targetKey, targetProblem } from '../target.ts'
import { discover } from './discover.ts'
import { health } from './health.ts'
import { inStages } from './stages.ts'
import { serviceTls } from './tls.ts'
import { named, network, positive } from './words.ts'

const targetUrl = () =>
  z.string().superRefine((url, check) => {
    const problem = targetProblem(url)
    if (problem !== undefined) check.addIssue(problem)
  })

const targetMembers = z.strictObject({
  url: targetUrl().describe('http(s)://host:port/base or unix:/path'),
  weight: positive().prefault(1).describe('Its share beside the others'),
  tier: positive().prefault(1).describe('Asked only when too few of the tiers before are up'),
  drain: z.boolean().prefault(false).describe('It gets no new calls; those under way may end'),
})

const target = z.union([
  targetUrl().transform((url) => ({ url, weight: 1, tier: 1, drain: false })),
  targetMembers,
])

export const TARGET_KEYS = Object.keys(targetMembers.shape)

/** What a file of targets holds: each at an address or a name. */
export const targetList = z
  .array(target)
  .min(1)
  .superRefine((targets, check) => {
    const seen = new Set<string>()
    for (const [n, { url }] of targets.entries()) {
      const key = targetKey(url)
      if (seen.has(key))
        check.addIssue({
          code: 'custom',
          message: `found the target ${url} twice, expected it once`,
          path: [n],
        })
      if (url.startsWith('unix:'))
        check.addIssue({
          code: 'custom',
          message: 'expected http(s)://host:port, with or without a base path',
          path: [n],
        })
      seen.add(key)
    }
  })

const limits = z.strictObject({
  connect: timeoutMembers.connect.prefault('5s'),
  response: timeoutMembers.response.prefault('60s'),
  perTry: timeoutMembers.perTry.prefault('0s'),
  idle: timeoutMembers.idle.prefault('60s'),
  total: timeoutMembers.total.prefault('0s'),
})

const timeout = z.union([duration().transform((total) => ({ ...limits.parse({}), total })), limits])

const connections = z.strictObject({
  max: positive().prefault(1_000).describe('Connections to one target at once, in each worker'),
  idle: z.int().min(0).prefault(100).describe('Connections kept open while nobody uses them'),
})

const sticky = z.strictObject({
  for: someTime().describe('How long a client stays with its target after it last heard of it'),
  cookie: z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected the name of a cookie' })
    .optional()
    .describe('Its name; without it one made of the name of the service'),
  secret: z
    .string()
    .min(32, { error: 'expected a secret of at least 32 characters' })
    .optional()
    .describe(
      'A secret, the same on all gateways that clients come to: ${env:NAME} or ${file:path}',
    ),
})

const balance = z.union([
  z.enum(['leastRequests', 'roundRobin', 'random']),
  z.strictObject({
    hash: exchangeKey().describe('The same key goes to the same target'),
  }),
  z.strictObject({
    sticky: z
      .union([someTime().transform((ms): z.output<typeof sticky> => ({ for: ms })), sticky])
      .describe('A cookie brings a client back to its target'),
  }),
])

const outlierMembers = z.strictObject({
  after: positive().prefault(5).describe('Failures in a row, of all workers, that eject a target'),
  eject: someTime()
    .prefault('30s')
    .describe('How long, the first time; twice as long each time after'),
  errorRate: share()
    .optional()
    .describe('Of its calls of the last ten seconds that eject a target, when they fail'),
  minRequests: positive()
    .prefault(20)
    .describe('Calls of a target before that share means anything'),
  maxEjected: share().prefault('50%').describe('Of the targets, away at once'),
})

const outlier = outlierMembers.transform(({ errorRate, minRequests, ...rest }) => ({
  ...rest,
  ...(errorRate === undefined ? {} : { share: { errorRate, minRequests } }),
}))

const circuitBreaker = z.strictObject({
  errorRate: breakerMembers.errorRate.prefault('50%'),
  minRequests: breakerMembers.minRequests.prefault(20),
  open: breakerMembers.open.prefault('10s'),
})

export const breakerDefaults = circuitBreaker.parse({})

const concurrency = z.strictObject({
  max: concurrencyMembers.max,
  queue: concurrencyMembers.queue.prefault(0),
  timeout: concurrencyMembers.timeout.prefault('1s'),
})

const hedge = z.strictObject({
  after: hedgeMembers.after.prefault('p95'),
  budget: hedgeMembers.budget.prefault('5%'),
})

export const hedgeDefaults = hedge.parse({})

/** How many may be under way has no default: 0 says that nobody wrote it. */
export const concurrencyDefaults = { ...concurrency.parse({ max: 1 }), max: 0 }

export type { Health } from './health.ts'

export type Outlier = z.output<typeof outlier>

export type Balance = z.output<typeof balance>

const retry = z.strictObject({
  attempts: retryMembers.attempts.prefault(2),
  on: retryMembers.on.prefault('connect'),
  budget: retryMembers.budget.prefault('20%'),
})

const members = {
  targets: oneOrMore(target).optional().describe('Its servers: URLs, or each with its weight'),
  discover: discover.optional().describe('Where its servers are looked for, in place of targets'),
  allowedNetworks: oneOrMore(network())
    .optional()
    .describe('Where discovered addresses may lie; loopback and link-local ones only when listed'),
  balance: balance.prefault('leastRequests').describe('Which of its targets is asked'),
  slowStart: duration()
    .prefault('0s')
    .describe('Until a target that is new, or came back, has its whole share of calls'),
  tls: serviceTls.optional().describe('How its https targets are known, and shown who calls'),
  plaintext: z
    .boolean()
    .prefault(false)
    .describe('Whether http targets may lie beyond the local network'),
  host: z
    .string()
    .refine((text) => parseAuthority(text) !== undefined, {
      error: 'expected keep, target or a host name',
    })
    .prefault('keep')
    .describe("Host it is asked for: the client's (keep), the target's own (target), or a name"),
  timeout: timeout.prefault({}).describe('How long a call may take; one duration is the total'),
  deadlineHeader: headerName()
    .refine((name) => !FRAMING_FIELDS.has(name) && !HOP_FIELDS.has(name), {
      error: 'expected a header name that is not the gateway’s own, such as x-request-timeout-ms',
    })
    .optional()
    .describe('A header that tells the service how many milliseconds it has left'),
  health: health.optional().describe('Targets are asked how they are, by one thread for all'),
  outlier: outlier.optional().describe('Targets that fail calls are left out for a while'),
  circuitBreaker: circuitBreaker
    .optional()
    .describe('A service that fails too often is left alone for a while'),
  concurrency: concurrency
    .optional()
    .describe('How many calls of it are under way at once, over all workers'),
  hedge: hedge
    .optional()
    .describe('Another target is asked too when the reply to a safe request is late'),
  retry: retry.prefault({}).describe('When a call is tried again, where that is safe'),
  fallback: fallbackOptions.optional().describe('What answers when it does not'),
  mirror: mirrorOptions.optional().describe('Who gets a copy of requests, and of how many'),
  connections: connections.prefault({}).describe('Bounds of its connection pools'),
}

/** A service in one stage, or one that all share. */
export const service = z.strictObject({
  ...members,
  targets: members.targets.transform((targets = []) => targets),
})

const authored = z.strictObject({
  ...members,
  stages: inStages(z.strictObject(members).partial()),
})

export const services = {
  services: named(authored).prefault({}).describe('Where requests go, by name'),
}
