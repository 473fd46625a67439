/** The one schema: types, validation, defaults, JSON Schema and the reference come from it. */

import { z } from 'zod'
import type { Known } from '../known.ts'
import { authenticatorsShape } from './authenticators.ts'
import { consumers } from './consumers.ts'
import { listeners } from './listeners.ts'
import { operations } from './operations.ts'
import { plansShape } from './plans.ts'
import { routesShape } from './routes.ts'
import { services } from './services.ts'
import { stages } from './stages.ts'
import { storesShape } from './stores.ts'

export function gatewaySchema(known: Known) {
  return z.strictObject({
    ...listeners,
    ...stages,
    ...services,
    ...authenticatorsShape(known),
    ...consumers,
    ...plansShape(known),
    ...storesShape(known),
    ...routesShape(known),
    ...operations,
  })
}

/** A configuration that keeps to the schema, short forms resolved. */
export type Authored = z.output<ReturnType<typeof gatewaySchema>>

/** The configuration's keys and values as JSON Schema (draft 2020-12). */
export function jsonSchema(known: Known): JsonSchema {
  const schema = z.toJSONSchema(gatewaySchema(known), { io: 'input', unrepresentable: 'any' })
  const { $schema, ...rest } = schema as JsonSchema & { $schema?: string }
  return {
    ...($schema === undefined ? {} : { $schema }),
    $id: 'urn:portcullis:configuration',
    title: 'Portcullis configuration',
    ...rest,
  }
}

/** As much of JSON Schema as is read here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}
