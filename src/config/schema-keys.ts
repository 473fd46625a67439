/** The keys that may stand in some place, read from the JSON Schema. */

import type { Path } from './complaint.ts'
import type { JsonSchema } from './schema/gateway.ts'

/** Known keys of the mapping that `path` leads to, in the schema's order. */
export function schemaKeysAt(schema: JsonSchema, path: Path): string[] {
  let level = alternativesOf(schema)
  for (const key of path) {
    level = level.flatMap((form) => {
      const { properties, additionalProperties, items } = form
      if (typeof key === 'number') return items ? alternativesOf(items) : []
      const member = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
      if (member) return alternativesOf(member)
      return typeof additionalProperties === 'object' ? alternativesOf(additionalProperties) : []
    })
  }
  return [...new Set(level.flatMap(({ properties }) => Object.keys(properties ?? {})))]
}

/** A schema's forms: itself, or each that it unites. */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const united = schema.anyOf ?? schema.oneOf
  return united ? united.flatMap(alternativesOf) : [schema]
}
