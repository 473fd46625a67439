/** A few small features and endpoints, for tests of what treats them all alike. */

import type { Known } from '#config/known'
import { builtinStores } from '#stores/index'
import { defineEndpoint, defineFilter, duration, oneOrMore, Reply, template, z } from '#sdk/index'

const create = () => ({})
const answer = () => () => new Reply(200)

const cache = defineFilter({
  name: 'cache',
  summary: 'Keeps replies',
  phase: 'cache',
  options: z.union([
    duration().transform((ttl) => ({ ttl })),
    z.strictObject({
      ttl: duration().describe('How long'),
      shared: z.boolean().optional().describe('One copy for all callers'),
    }),
  ]),
  create,
})

const headers = defineFilter({
  name: 'headers',
  summary: 'Sets header fields',
  phase: 'transform',
  combine: 'members',
  options: z.strictObject({
    request: z.record(z.string(), z.string()).optional().describe('Of the request'),
    response: z.record(z.string(), z.string()).optional().describe('Of the reply'),
  }),
  create,
})

const rateLimit = defineFilter({
  name: 'rateLimit',
  summary: 'Limits how often',
  phase: 'shield',
  combine: 'adds',
  protects: true,
  options: oneOrMore(z.string().regex(/^\d+\/s$/, { error: 'expected a rate such as 5/s' })),
  create,
})

/** Says itself what `false` means. */
const websocket = defineFilter({
  name: 'websocket',
  summary: 'Lets upgrades pass',
  phase: 'deliver',
  options: z.boolean(),
  create,
})

const to = defineEndpoint({
  name: 'to',
  summary: 'Passes requests on to a service',
  options: z.string(),
  references: (text) =>
    text.includes(':') ? [{ kind: 'target', url: text }] : [{ kind: 'service', name: text }],
  create: answer,
})

const respond = defineEndpoint({
  name: 'respond',
  summary: 'Answers by itself',
  options: z.strictObject({
    status: z.int().min(200).max(599).prefault(200).describe('Status code'),
    body: z.string().optional().describe('Body'),
  }),
  create: answer,
})

const redirect = defineEndpoint({
  name: 'redirect',
  summary: 'Sends elsewhere',
  options: template('path'),
  create: answer,
})

export const FAKE_KNOWN: Known = {
  filters: [cache, headers, rateLimit, websocket],
  endpoints: [to, respond, redirect],
  stores: builtinStores,
  authenticators: [],
}
