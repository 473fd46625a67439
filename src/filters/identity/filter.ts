/** `identity`: what the service learns of the caller, and what it does not: the credentials, and what a client says of itself. */

import {
  defineFilter,
  type Exchange,
  type Expression,
  expression,
  FRAMING_FIELDS,
  headerName,
  headerText,
  type HeaderList,
  HOP_FIELDS,
  KNOWN_BY,
  lookAlikeRemoval,
  z,
} from '#sdk/index'
import { withoutCredentials } from './credentials.ts'

const field = headerName().refine((name) => !FRAMING_FIELDS.has(name) && !HOP_FIELDS.has(name), {
  error: 'expected a header that is not the gateway’s own',
})

export const identity = defineFilter({
  name: 'identity',
  summary: 'What the service learns of the caller: headers from claims; never the credentials',
  phase: 'transform',
  combine: 'members',
  needs: 'auth',

  options: z.strictObject({
    headers: z
      .record(field, expression())
      .optional()
      .describe('Each with an expression, such as claims.sub; a client’s own are taken off'),
    keepCredentials: z
      .boolean()
      .optional()
      .describe('Whether the service gets what the caller proved itself with, too'),
  }),

  create({ headers = {}, keepCredentials = false }) {
    const told = Object.entries(headers)
    const removeOwn = lookAlikeRemoval(told.map(([name]) => name))
    const removers = new Map<string, (list: HeaderList) => void>()

    const removeFields = (list: HeaderList, names: readonly string[]): void => {
      for (const name of names) list.delete(name)
      if (names.length === 0) return
      const key = names.join()
      let remove = removers.get(key)
      if (remove === undefined) {
        if (removers.size >= MAX_REMOVERS) removers.clear()
        removers.set(key, (remove = lookAlikeRemoval(names)))
      }
      remove(list)
    }

    return {
      onRequest(ex) {
        const known = ex.get(KNOWN_BY)
        if (known === undefined) return
        const { identity: caller, ownFields } = known
        if (!keepCredentials) withoutCredentials(ex, known.carriers)
        const given = caller?.fields ?? NO_FIELDS
        if (told.length === 0 && ownFields.length === 0 && given.length === 0) return
        const list = (ex.forward.headers ??= ex.request.headers.copy())
        removeFields(list, ownFields)
        removeFields(
          list,
          given.map(([name]) => name),
        )
        for (const [name, value] of given) if (value !== undefined) list.add(name, value)
        removeOwn(list)
        for (const [name, says] of told) tell(list, name, says, ex)
      },
    }
  },
})

/** Sets of names that authenticators give: nearly always one. */
const MAX_REMOVERS = 100
const NO_FIELDS: readonly (readonly [string, string | undefined])[] = []

function tell(list: HeaderList, name: string, says: Expression, ex: Exchange): void {
  const text = textOf(says.value(ex))
  if (text === undefined) list.delete(name)
  else list.set(name, headerText(text))
}

/** Undefined: it says nothing, and the service gets no such field, whatever the client sent. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(',') || undefined
  if (typeof value === 'string') return value
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : undefined
}
