/** Routes, APIs and what holds for all of them. Features and endpoints are those that are known. */

import { z } from 'zod'
import { headerName, oneOrMore } from '#sdk/schema'
import type { Known } from '../known.ts'
import * as words from './words.ts'

const method = () =>
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected a method such as GET' })

const condition = z
  .union([
    z.string(),
    z.boolean(),
    z.strictObject({ regex: z.string().describe('What it must match') }),
  ])
  .describe('A text (exactly that), true (there), false (not there) or { regex }')

const host = () => oneOrMore(z.string().min(1)).describe('Hosts: exact, "*.name" or "{label}.name"')
const path = () => oneOrMore(words.urlPath()).describe('Path patterns: /exact, /{one}, /**')
const methods = () => oneOrMore(method()).describe('Methods; without it all of them')

const match = z.strictObject({
  listener: oneOrMore(words.name()).optional().describe('Listeners where it holds'),
  host: host().optional(),
  path: path().optional(),
  methods: methods().optional(),
  headers: z.record(headerName(), condition).optional().describe('Conditions on header fields'),
  query: z.record(z.string().min(1), condition).optional().describe('Conditions on the query'),
})

export type Match = z.output<typeof match>

export const MATCH_KEYS = ['host', 'path', 'methods'] as const

/** The features and endpoints, as keys of `defaults`, an API or a route. */
function settingsShape({ filters, endpoints }: Known): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {}
  for (const { name, summary, options } of filters) {
    // Some features say themselves what `false` means.
    const isOwnFalse = options.safeParse(false).success
    const setting = isOwnFalse ? options : z.union([options, z.literal(false)])
    shape[name] = setting.optional().describe(summary)
  }
  for (const { name, summary, options } of endpoints) {
    shape[name] = options.optional().describe(summary)
  }
  return shape
}

export const routeKeys = {
  name: words
    .name()
    .optional()
    .describe('Its name in logs, metrics and `explain`; made when missing'),
  host: host().optional(),
  path: path().optional(),
  methods: methods().optional(),
  match: match.optional().describe('Long form of host, path and methods'),
}

export const apiKeys = {
  title: z.string().optional().describe('What people call it'),
  version: z.string().optional().describe('Its version'),
  path: words
    .urlPath()
    .regex(/^(?:\/[^/{}*?#]+)*\/?$/, { error: 'expected a path without patterns' })
    .describe('What the paths of its routes begin with'),
}

export function routesShape(known: Known) {
  const settings = settingsShape(known)
  const route = z.strictObject({ ...routeKeys, ...settings })
  const routes = z.array(route)
  const api = z.strictObject({
    ...apiKeys,
    routes: routes.min(1).describe('Its routes; their paths go on from its own'),
    ...settings,
  })
  return {
    defaults: z.strictObject(settings).prefault({}).describe('Holds on every route'),
    apis: words.named(api).prefault({}).describe('Published products: routes that share features'),
    routes: routes.prefault([]).describe('Anything else; order never matters'),
  }
}
