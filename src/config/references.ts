/** The services that routes name, and those that these services name in turn, and where each name stands. */

import { type Reference, referenceTo } from '#sdk/destination'
import type { Key } from './complaint.ts'
import {
  authenticatorFor,
  authenticatorsOf,
  type CompiledAuthenticators,
} from './authenticators.ts'
import type { ServiceConfig } from './config.ts'
import type { Known } from './known.ts'
import { memberOf } from './origin.ts'
import type { CompiledRoute } from './routes.ts'
import { keyOfService } from './service-key.ts'

export interface Mention {
  readonly reference: Reference
  /** The stage of the route that it is for. */
  readonly stage: string | undefined
  /** The mapping or list that holds the name, and under which key. */
  readonly holder: object
  readonly key: Key
}

/** Who names services. */
export interface Callers {
  readonly routes: readonly CompiledRoute[]
  readonly authenticators: CompiledAuthenticators
  readonly known: Known
}

/** `written`: the services as they were written. */
export function* mentionsIn(
  { routes, authenticators, known }: Callers,
  services: Readonly<Record<string, ServiceConfig>>,
  written: object,
): IterableIterator<Mention> {
  for (const route of routes) {
    yield* mentionsOfAuthenticators(route, authenticators, known)
    for (const mention of mentionsOf(route, known)) {
      yield mention
      const { reference, stage } = mention
      if (reference.kind !== 'service') continue
      const service = services[keyOfService(services, reference.name, stage)]
      if (service !== undefined) yield* mentionsOfService(service, stage, written)
    }
  }
}

/** Of its endpoint, and of its features in every layer that says something of them. */
export function mentionsOf({ config, layers }: CompiledRoute, known: Known): Mention[] {
  const { endpoint, features, stage } = config
  const held = Object.entries(features).map(([name, { from }]) => ({ name, from }))
  return [{ name: endpoint.kind, from: [endpoint.from] }, ...held].flatMap(({ name, from }) => {
    const definition = [...known.endpoints, ...known.filters].find((one) => one.name === name)
    if (definition?.references === undefined) return []
    const said = layers.filter((layer) => from.includes(layer.from))
    return said.flatMap(({ settings, written }) =>
      definition.references!(settings[name]).map((reference) => {
        const text = reference.kind === 'service' ? reference.name : reference.url
        const [holder, key] = placeIn(written, name, text) ?? [written, name]
        return { reference, stage, holder, key }
      }),
    )
  })
}

/** Of those that the route's features name. */
function* mentionsOfAuthenticators(
  { config: { features, stage } }: CompiledRoute,
  authenticators: CompiledAuthenticators,
  { filters }: Known,
): IterableIterator<Mention> {
  for (const name of authenticatorsOf({ features }, filters)) {
    const found = authenticatorFor(authenticators, name, stage)
    if (found?.definition.references === undefined) continue
    const { definition, options, written } = found
    for (const reference of definition.references!(options))
      yield { reference, stage, holder: written, key: definition.name }
  }
}

/** Who answers in its place, and who gets copies. */
function* mentionsOfService(
  { name, stage: own, fallback, mirror }: ServiceConfig,
  stage: string | undefined,
  written: object,
): IterableIterator<Mention> {
  const service = memberOf(written, name) as object
  const overlay =
    own === undefined ? {} : (memberOf(memberOf(service, 'stages') as object, own) as object)
  const named = {
    fallback: fallback?.by && 'to' in fallback.by ? fallback.by.to : undefined,
    mirror: mirror?.to,
  }
  for (const [member, to] of Object.entries(named)) {
    if (to === undefined) continue
    const holder = (memberOf(overlay, member) ?? memberOf(service, member)) as object
    yield { reference: referenceTo(to), stage, holder, key: 'to' }
  }
}

/** Where a text stands in a member, however deep. */
function placeIn(holder: object, key: Key, text: string): [holder: object, key: Key] | undefined {
  const value = memberOf(holder, key)
  if (value === text) return [holder, key]
  if (typeof value !== 'object' || value === null) return undefined
  for (const inner of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const place = placeIn(value, inner, text)
    if (place !== undefined) return place
  }
  return undefined
}
