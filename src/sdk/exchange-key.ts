/** What of an exchange counts as the same: `ip`, `header:x-tenant`, `[ip, path:id]` … */

import { z } from 'zod'
import type { Exchange } from '#sdk/exchange'
import { oneOrMore } from '#sdk/schema'

/** Reads a key of an exchange; undefined when the exchange has not all of it. */
export type ExchangeKey = (ex: Exchange) => string | undefined

const FORMS = 'ip, route, header:NAME, cookie:NAME, query:NAME or path:NAME'

/** As it is written in a configuration; parsed it is a list of parts. */
export const exchangeKey = () =>
  oneOrMore(
    z
      .string()
      .regex(/^(?:ip|route|header:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|(?:cookie|query|path):[\w.~-]+)$/, {
        error: `expected ${FORMS}`,
      }),
  )

/** Of what `exchangeKey` parsed. The values of several parts cannot run into each other. */
export function readKey(parts: readonly string[]): ExchangeKey {
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

function readerOf(part: string): ExchangeKey {
  const colon = part.indexOf(':')
  const kind = colon < 0 ? part : part.slice(0, colon)
  const name = part.slice(colon + 1)
  switch (kind) {
    case 'ip':
      return (ex) => ex.client.ip
    case 'route':
      return (ex) => ex.route
    case 'header': {
      const lower = name.toLowerCase()
      return (ex) => ex.request.headers.get(lower)
    }
    case 'cookie':
      return (ex) => cookieOf(ex, name)
    case 'query':
      return (ex) => queryOf(ex, name)
    default:
      return (ex) => ex.params[name]
  }
}

/** The first cookie of that name (RFC 6265 §5.4 puts the most specific first). */
function cookieOf({ request }: Exchange, name: string): string | undefined {
  for (const field of request.headers.all('cookie')) {
    for (const pair of field.split(';')) {
      const [key, ...value] = pair.split('=')
      if (key!.trim() === name) return value.join('=').trim()
    }
  }
  return undefined
}

function queryOf({ request }: Exchange, name: string): string | undefined {
  if (!request.query.includes(name)) return undefined
  return new URLSearchParams(request.query).get(name) ?? undefined
}
