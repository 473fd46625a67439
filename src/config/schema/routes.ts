/** Routes, APIs and what holds for all of them. Features and endpoints are those that are known. */

import { z } from 'zod'
import { headerName, oneOrMore } from '#sdk/schema'
import type { Known } from '../known.ts'
import { date } from './dates.ts'
import { inStages } from './stages.ts'
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
  stage: oneOrMore(words.name()).optional().describe('Stages where it holds; else all of them'),
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

const basePath = () =>
  words
    .urlPath()
    .regex(/^(?:\/[^/{}*?#]+)*\/?$/, { error: 'expected a path without patterns' })
    .optional()
    .describe('What the paths of its routes begin with')

const lifecycle = {
  deprecated: date().optional().describe('Since when it should not be used: replies say so'),
  sunset: date().optional().describe('When it ends: from then on its callers get 410'),
  successor: words.name().optional().describe('The version to use instead; else the default one'),
  docs: z
    .url({ protocol: /^https?$/, error: 'expected a URL' })
    .optional()
    .describe('A page about its end, told in Link'),
}

export const apiKeys = {
  title: z.string().optional().describe('What people call it'),
  version: words.name().optional().describe('Its version, when it has but one'),
  path: basePath(),
  versionBy: z
    .string()
    .regex(/^(?:header:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|query:[\w.~-]+|mediaType(?::[\w-]+)?)$/, {
      error: 'expected header:NAME, query:NAME, mediaType or mediaType:PARAMETER',
    })
    .refine((text) => text.toLowerCase() !== 'header:host', {
      error: 'expected another header: versions on hosts of their own say "host" each',
    })
    .optional()
    .describe('Where requests name a version, when neither path nor host tells it'),
  ...lifecycle,
}

export const versionKeys = {
  path: basePath(),
  host: host().optional(),
  value: oneOrMore(z.string().min(1))
    .optional()
    .describe('What requests call it, by `versionBy`; else its name'),
  default: z.literal(true).optional().describe('For requests that name no version'),
  ...lifecycle,
}

export function routesShape(known: Known) {
  const settings = settingsShape(known)
  const overlays = { stages: inStages(z.strictObject(settings)) }
  const route = z.strictObject({ ...routeKeys, ...settings, ...overlays })
  const routes = z.array(route)
  const own = routes.min(1).describe('Its routes; their paths go on from its own')
  const version = z.strictObject({ ...versionKeys, routes: own, ...settings })
  const api = z.strictObject({
    ...apiKeys,
    versions: words.named(version).optional().describe('Its versions, by name'),
    routes: own.optional(),
    ...settings,
    ...overlays,
  })
  return {
    defaults: z
      .strictObject({ ...settings, ...overlays })
      .prefault({})
      .describe('Holds on every route'),
    apis: words.named(api).prefault({}).describe('Published products: routes that share features'),
    routes: routes.prefault([]).describe('Anything else; order never matters'),
  }
}
