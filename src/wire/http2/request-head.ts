/** The head of an HTTP/2 request: a list of fields in, the same parts as of HTTP/1 out, or the fault that refuses it. Strict by RFC 9113 §8. */

import type { FaultCode } from '#sdk/fault'
import { FieldKind, fieldName } from '#wire/field-names'
import { isMethod, RequestHead } from '#wire/head'
import { visibleEnd } from '#wire/http1/scan'

export interface HeadBounds {
  readonly headerBytes: number
  readonly targetBytes: number
  readonly fields: number
}

const COLON = 0x3a

/** No control character but TAB, and no white space at either end (RFC 9113 §8.2.1). */
const VALUE = /^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/

export function isFieldValue(text: string): boolean {
  return VALUE.test(text)
}

interface Pseudo {
  method: string | undefined
  scheme: string | undefined
  authority: string | undefined
  path: string | undefined
}

/** `flat` is name, value, name, value … as they came. `trusted`: whether forwarding fields are believed. */
export function readHead(
  flat: readonly string[],
  bounds: HeadBounds,
  scheme: 'http' | 'https',
  trusted: boolean,
): RequestHead | FaultCode {
  const head = new RequestHead()
  const pseudo: Pseudo = {
    method: undefined,
    scheme: undefined,
    authority: undefined,
    path: undefined,
  }
  let at = 0
  for (; at < flat.length && flat[at]!.charCodeAt(0) === COLON; at += 2) {
    const name = flat[at]!.slice(1)
    if (!isPseudo(name) || pseudo[name] !== undefined) return 'BAD_REQUEST'
    pseudo[name] = flat[at + 1]!
  }
  return (
    readFields(flat, at, head, bounds, trusted) ??
    readPseudo(pseudo, head, bounds, scheme, trusted) ??
    head
  )
}

function isPseudo(name: string): name is keyof Pseudo {
  return name === 'method' || name === 'scheme' || name === 'authority' || name === 'path'
}

function readPseudo(
  { method, scheme, authority, path }: Pseudo,
  head: RequestHead,
  { targetBytes }: HeadBounds,
  ownScheme: 'http' | 'https',
  trusted: boolean,
): FaultCode | undefined {
  if (method === undefined || !isMethod(method)) return 'BAD_REQUEST'
  head.method = method
  if (authority !== undefined && authority !== '') {
    // A field of the other name may be there, but not say another host (RFC 9113 §8.3.1).
    if (head.hosts > 1) return 'BAD_HOST'
    if (head.hosts === 1 && head.host!.toLowerCase() !== authority.toLowerCase()) return 'BAD_HOST'
    head.host = authority
    head.hosts = 1
  }
  if (method === 'CONNECT') return undefined // served nowhere: refused for what it is
  if (scheme === undefined || path === undefined) return 'BAD_REQUEST'
  if (path.length > targetBytes) return 'TARGET_TOO_LONG'
  const isTarget = path.startsWith('/') || (path === '*' && method === 'OPTIONS')
  if (!isTarget || visibleEnd(path, 0) !== path.length) return 'BAD_REQUEST'
  head.target = path
  if (scheme === ownScheme) return undefined
  // Where a trusted proxy ended TLS the client's scheme may be told; what counts is X-Forwarded-Proto.
  return trusted && (scheme === 'http' || scheme === 'https') ? undefined : 'MISDIRECTED'
}

function readFields(
  flat: readonly string[],
  start: number,
  head: RequestHead,
  { headerBytes, fields: maxFields }: HeadBounds,
  trusted: boolean,
): FaultCode | undefined {
  if ((flat.length - start) / 2 > maxFields) return 'HEADERS_TOO_LARGE'
  const list = head.headers.flat
  let bytes = 0
  for (let i = 0; i < start; i++) bytes += flat[i]!.length
  let cookieAt = -1
  for (let i = start; i < flat.length; i += 2) {
    const name = flat[i]!
    const value = flat[i + 1]!
    bytes += name.length + value.length + 4 // as it would be in HTTP/1
    if (bytes > headerBytes) return 'HEADERS_TOO_LARGE'
    const field = fieldName(name)
    // Names are in lower case, and a pseudo-header behind a field is none.
    if (field === undefined || field.name !== name || !isFieldValue(value)) return 'BAD_REQUEST'
    switch (field.kind) {
      case FieldKind.ordinary:
        if (field.name !== 'cookie') list.push(field.name, value)
        else if (cookieAt < 0) cookieAt = list.push('cookie', value) - 1
        else list[cookieAt] += `; ${value}` // each crumb may come by itself (RFC 9113 §8.2.3)
        break
      case FieldKind.forwarded:
        if (trusted) list.push(field.name, value)
        break
      case FieldKind.host:
        head.hosts++
        head.host = value
        break
      case FieldKind.contentLength:
        head.contentLengths++
        head.contentLength = value
        break
      case FieldKind.expect:
        head.expect = head.expect === undefined ? value : `${head.expect}, ${value}`
        break
      case FieldKind.te:
        if (value !== 'trailers') return 'BAD_REQUEST'
        head.teTrailers = true
        break
      case FieldKind.connection:
      case FieldKind.transferEncoding:
      case FieldKind.upgrade:
        return 'BAD_REQUEST' // there is no connection to name them for (RFC 9113 §8.2.2)
      case FieldKind.hopByHop:
        if (name === 'keep-alive' || name === 'proxy-connection') return 'BAD_REQUEST'
        break
      default: // trailer, look-alikes: not passed on
        break
    }
  }
  return undefined
}
