/** What routes name outside themselves, and where each name stands. */

import type { Reference } from '#sdk/destination'
import type { Key } from './complaint.ts'
import type { Known } from './known.ts'
import { memberOf } from './origin.ts'
import type { CompiledRoute } from './routes.ts'

export interface Mention {
  readonly reference: Reference
  /** The mapping or list that holds the name, and under which key. */
  readonly holder: object
  readonly key: Key
}

/** Of its endpoint, and of its features in every layer that says something of them. */
export function mentionsOf({ config, layers }: CompiledRoute, known: Known): Mention[] {
  const { endpoint, features } = config
  const held = Object.entries(features).map(([name, { from }]) => ({ name, from }))
  return [{ name: endpoint.kind, from: [endpoint.from] }, ...held].flatMap(({ name, from }) => {
    const definition = [...known.endpoints, ...known.filters].find((one) => one.name === name)
    if (definition?.references === undefined) return []
    const said = layers.filter((layer) => from.includes(layer.from))
    return said.flatMap(({ settings, written }) =>
      definition.references!(settings[name]).map((reference) => {
        const text = reference.kind === 'service' ? reference.name : reference.url
        const [holder, key] = placeIn(written, name, text) ?? [written, name]
        return { reference, holder, key }
      }),
    )
  })
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
