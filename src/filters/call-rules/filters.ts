/** How a route's calls are made, over what the service itself says: nothing of it is done by a filter. */

import {
  breakerMembers,
  concurrencyMembers,
  defineCallRule,
  duration,
  fallbackOptions,
  hedgeMembers,
  mirrorOptions,
  referenceTo,
  retryMembers,
  timeoutMembers,
  z,
} from '#sdk/index'

/** A part of the members, or `false`: not on this route, whatever the service says. */
const partOrOff = <Shape extends z.ZodRawShape>(members: Shape) =>
  z.union([z.strictObject(members).partial(), z.literal(false)])

const timeout = defineCallRule({
  name: 'timeout',
  summary: 'How long the service may take; one duration is the total',
  options: z.union([
    duration().transform((total) => ({ total })),
    z.strictObject(timeoutMembers).partial(),
  ]),
})

const retry = defineCallRule({
  name: 'retry',
  summary: 'When a call of the service is tried again, where that is safe; false is never',
  options: partOrOff(retryMembers),
})

const circuitBreaker = defineCallRule({
  name: 'circuitBreaker',
  summary: 'When a service that fails too often is left alone for a while; false is never',
  options: partOrOff(breakerMembers),
})

const concurrency = defineCallRule({
  name: 'concurrency',
  summary: 'How many calls of the service are under way at once; false is no bound',
  options: partOrOff(concurrencyMembers),
})

const hedge = defineCallRule({
  name: 'hedge',
  summary: 'Another target is asked too when the reply to a safe request is late; false is never',
  options: partOrOff(hedgeMembers),
})

const fallback = defineCallRule({
  name: 'fallback',
  summary: 'What answers when the service does not; false is nothing',
  options: z.union([fallbackOptions, z.literal(false)]),
  references: (rules) =>
    rules !== false && rules.by !== undefined && 'to' in rules.by ? [referenceTo(rules.by.to)] : [],
})

const mirror = defineCallRule({
  name: 'mirror',
  summary: 'Who gets a copy of requests, and of how many; false is nobody',
  options: z.union([mirrorOptions, z.literal(false)]),
  references: (rules) => (rules === false ? [] : [referenceTo(rules.to)]),
})

export const callRules = [
  timeout,
  retry,
  circuitBreaker,
  concurrency,
  hedge,
  fallback,
  mirror,
] as const
