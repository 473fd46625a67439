/** The values of what a signature covers (RFC 9421 §2), as the gateway sees the request. */

import {
  isInnerList,
  type Exchange,
  type Item,
  parseDictionary,
  parseItem,
  parseList,
  writeDictionary,
  writeInnerList,
  writeItem,
  writeList,
} from '#sdk/index'

/** Structured fields whose kind is known (§2.1.1): no other can be put into its canonical form. */
const DICTIONARIES = new Set(
  'content-digest repr-digest want-content-digest want-repr-digest priority signature signature-input'.split(
    ' ',
  ),
)
const LISTS = new Set('accept-ch cache-status client-cert-chain proxy-status'.split(' '))
const ITEMS = new Set('client-cert idempotency-key'.split(' '))

const DEFAULT_PORT = { http: /:80$/, https: /:443$/ }

/** Undefined: the request has no such thing, or none that can be signed. */
export function valueOf(ex: Exchange, { value: name, params }: Item): string | undefined {
  if (typeof name !== 'string') return undefined
  if (!name.startsWith('@')) return fieldValue(ex, name, params)
  if (name === '@query-param') return queryParam(ex, params)
  return params.size > 0 ? undefined : derived(ex, name)
}

function derived({ request }: Exchange, name: string): string | undefined {
  const { method, scheme, authority, query } = request
  const path = request.pathPrefix + request.path
  const site = authority.replace(DEFAULT_PORT[scheme], '')
  switch (name) {
    case '@method':
      return method
    case '@target-uri':
      return `${scheme}://${site}${path}${query}`
    case '@authority':
      return site
    case '@scheme':
      return scheme
    case '@request-target':
      return path + query
    case '@path':
      return path
    case '@query':
      return query === '' ? '?' : query
    default:
      return undefined
  }
}

/** §2.2.8: one that is there several times cannot be told by its name. */
function queryParam({ request }: Exchange, params: Item['params']): string | undefined {
  const name = params.get('name')
  if (typeof name !== 'string' || params.size > 1) return undefined
  const found = [...new URLSearchParams(request.query)].filter(([key]) => encoded(key) === name)
  return found.length === 1 ? encoded(found[0]![1]) : undefined
}

/** By the percent-encode set of forms, and a space as %20. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function fieldValue(ex: Exchange, name: string, params: Item['params']): string | undefined {
  if (/[^!#$%&'*+\-.^_`|~0-9a-z]/.test(name)) return undefined
  const lines = linesOf(ex, name)
  if (lines.length === 0) return undefined
  const [param, ...others] = params
  const joined = lines.join(', ')
  if (param === undefined) return joined
  if (others.length > 0) return undefined // `req` is of replies, trailers are not here yet, and the rest exclude each other
  const [key, value] = param
  if (key === 'sf' && value === true) return canonical(name, joined)
  if (key === 'key' && typeof value === 'string') return memberOf(joined, value)
  if (key === 'bs' && value === true)
    return lines.map((line) => `:${Buffer.from(line, 'latin1').toString('base64')}:`).join(', ')
  return undefined
}

/** Those that the connection took for itself are put back in. */
function linesOf({ request }: Exchange, name: string): string[] {
  const lines = request.headers.all(name).map((line) => line.trim())
  if (lines.length > 0) return lines
  if (name === 'host') return [request.authority]
  const { length } = request.body ?? {}
  return name === 'content-length' && length !== undefined ? [String(length)] : []
}

function canonical(name: string, text: string): string | undefined {
  if (DICTIONARIES.has(name)) return written(parseDictionary(text), writeDictionary)
  if (LISTS.has(name)) return written(parseList(text), writeList)
  return ITEMS.has(name) ? written(parseItem(text), writeItem) : undefined
}

function written<T>(value: T | undefined, write: (value: T) => string): string | undefined {
  return value === undefined ? undefined : write(value)
}

function memberOf(text: string, key: string): string | undefined {
  const member = parseDictionary(text)?.get(key)
  if (member === undefined) return undefined
  return isInnerList(member) ? writeInnerList(member) : writeItem(member)
}
