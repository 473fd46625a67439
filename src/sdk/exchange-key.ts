/** What of an exchange counts as the same: `ip`, `header:x-tenant`, `[ip, path:id]` … */

import { z } from 'zod'
import { cookieOf } from '#http/cookies'
import type { Exchange } from '#sdk/exchange'
import { Expression, parseExpression } from '#sdk/expression'
import { oneOrMore } from '#sdk/schema'

/** Reads a key of an exchange; undefined when the exchange has not all of it. */
export type ExchangeKey = (ex: Exchange) => string | undefined

/** One word, or an expression that gives a text, a number, true or false. */
export type KeyPart = string | { readonly cel: string }

const FORMS =
  'ip, consumer, route, header:NAME, cookie:NAME, query:NAME, claim:NAME, path:NAME or { cel }'

const WORD =
  /^(?:ip|consumer|route|header:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|(?:cookie|query|claim|path):[\w.~-]+)$/

/** As it is written in a configuration; parsed it is a list of parts, still plain data. */
export const exchangeKey = () =>
  oneOrMore(
    z.union([
      z.string({ error: `expected ${FORMS}` }).regex(WORD, { error: `expected ${FORMS}` }),
      z.strictObject({
        cel: z
          .string()
          .superRefine((text, check) => {
            const read = parseExpression(text)
            if (typeof read === 'string') check.addIssue(read)
          })
          .describe('An expression whose value is the key'),
      }),
    ]),
  )

/** Of what `exchangeKey` parsed. The values of several parts cannot run into each other. */
export function readKey(parts: readonly KeyPart[]): ExchangeKey {
  const readers = parts.map(readerOf)
  const [only] = readers
  if (readers.length === 1) return only!
  return (ex) => {
    let key = ''
    for (const read of readers) {
      const value = read(ex)
      if (value === undefined) return undefined
      key += `${value.length}:${value}`
    }
    return key
  }
}

function readerOf(part: KeyPart): ExchangeKey {
  if (typeof part === 'object') return valueOf(part.cel)
  const colon = part.indexOf(':')
  const kind = colon < 0 ? part : part.slice(0, colon)
  const name = part.slice(colon + 1)
  switch (kind) {
    case 'ip':
      return (ex) => ex.client.ip
    case 'consumer':
      return (ex) => ex.consumer?.name
    case 'route':
      return (ex) => ex.route
    case 'header': {
      const lower = name.toLowerCase()
      if (lower === 'host') return (ex) => ex.request.host // it is no field any more
      return (ex) => ex.request.headers.get(lower)
    }
    case 'cookie':
      return (ex) => cookieOf(ex.request.headers, name)
    case 'query':
      return (ex) => queryOf(ex, name)
    case 'claim':
      return (ex) =>
        textOf(
          ex.claims !== undefined && Object.hasOwn(ex.claims, name) ? ex.claims[name] : undefined,
        )
    default:
      return (ex) => ex.params[name]
  }
}

function valueOf(text: string): ExchangeKey {
  const read = parseExpression(text)
  if (!(read instanceof Expression)) throw new Error(read) // it was checked when the configuration was read
  return (ex) => textOf(read.value(ex))
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const isPlain = ['number', 'bigint', 'boolean'].includes(typeof value)
  return isPlain ? String(value) : undefined
}

function queryOf({ request }: Exchange, name: string): string | undefined {
  if (!request.query.includes(name)) return undefined
  return new URLSearchParams(request.query).get(name) ?? undefined
}
