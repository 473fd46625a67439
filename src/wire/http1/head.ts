/** The head of an HTTP/1 message: text in, parts out, or the fault that refuses it. Strict by RFC 9112. */

import { HeaderList } from '#http/header-list'
import type { FaultCode } from '#sdk/fault'
import { FieldKind, fieldName, fieldNameIn, mayTrail } from '#wire/field-names'
import { Head, isMethod, ReplyHead, RequestHead } from '#wire/head'
import { endsLine, SPACE, trimmed, valueEnd, visibleEnd } from '#wire/http1/scan'

/** Found without a look at each of their letters, and without a slice. */
const COMMON_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'] as const

const OTHER_VERSION = /^HTTP\/\d\.\d\r\n$/

/** Fields meant for every recipient: a client may not have them removed by naming them in Connection. */
const NEVER_NOMINATED = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'cache-control',
  'date',
])

/** `text` is the head with its last CRLF, without the empty line. `trusted`: whether forwarding fields are believed. */
export function parseRequestHead(
  text: string,
  maxTargetBytes: number,
  maxFields: number,
  trusted: boolean,
): RequestHead | FaultCode {
  const method = methodIn(text)
  if (method === undefined) return 'BAD_REQUEST'
  const methodEnd = method.length

  const targetStart = methodEnd + 1
  const targetEnd = visibleEnd(text, targetStart)
  if (targetEnd - targetStart > maxTargetBytes) return 'TARGET_TOO_LONG'
  if (targetEnd === targetStart || text.charCodeAt(targetEnd) !== SPACE) return 'BAD_REQUEST'

  const lineEnd = targetEnd + 9
  const minor = minorVersion(text, targetEnd + 1)
  if (minor < 0 || !endsLine(text, lineEnd)) {
    const isOther = OTHER_VERSION.test(text.slice(targetEnd + 1, lineEnd + 2))
    return isOther ? 'VERSION_NOT_SUPPORTED' : 'BAD_REQUEST'
  }
  const head = new RequestHead()
  head.method = method
  head.target = text.slice(targetStart, targetEnd)
  head.minor = minor
  return parseFields(text, lineEnd + 2, head, maxFields, trusted) ?? head
}

function methodIn(text: string): string | undefined {
  for (const method of COMMON_METHODS)
    if (text.startsWith(method) && text.charCodeAt(method.length) === SPACE) return method
  const method = text.slice(0, Math.max(0, text.indexOf(' ')))
  return isMethod(method) ? method : undefined
}

/** `text` as for requests. */
export function parseReplyHead(text: string, maxFields: number): ReplyHead | FaultCode {
  const minor = minorVersion(text, 0)
  if (minor < 0 || text.charCodeAt(8) !== SPACE) return 'SERVICE_BAD_REPLY'
  // A status line may lack its reason, and the space before it: common, and read by all in one way.
  const status = threeDigits(text, 9)
  const lineEnd = valueEnd(text, 12)
  if (status < 100 || lineEnd < 0) return 'SERVICE_BAD_REPLY'
  if (status < 200 && minor === 0) return 'SERVICE_BAD_REPLY' // HTTP/1.0 has none (RFC 9110 §15.2); to some it is the last
  if (lineEnd > 12 && text.charCodeAt(12) !== SPACE) return 'SERVICE_BAD_REPLY'
  const head = new ReplyHead()
  head.status = status
  head.minor = minor
  const fault = parseFields(text, lineEnd + 2, head, maxFields, true)
  return fault === undefined ? head : 'SERVICE_BAD_REPLY'
}

/** Trailer fields (RFC 9110 §6.5): `text` ends with CRLF or is empty. Those that may not stand there are dropped. */
export function parseTrailers(text: string, maxFields: number): HeaderList | FaultCode {
  const head = new Head()
  if (parseFields(text, 0, head, maxFields, false) !== undefined) return 'BAD_BODY'
  // To some readers a body begins again where a trailer frames one (test/fuzz): refused, not dropped.
  if (head.transferEncodings + head.contentLengths > 0) return 'BAD_BODY'
  const kept = [...head.headers].filter(([name]) => mayTrail(fieldName(name)!))
  return new HeaderList(kept.flat())
}

function parseFields(
  text: string,
  start: number,
  head: Head,
  maxFields: number,
  trusted: boolean,
): FaultCode | undefined {
  const flat = head.headers.flat
  let nominated: string[] | undefined
  let fields = 0
  for (let at = start; at < text.length;) {
    const colon = text.indexOf(':', at)
    if (colon < 0) return 'BAD_REQUEST'
    if (++fields > maxFields) return 'HEADERS_TOO_LARGE'
    // White space before the colon, a folded line (RFC 9112 §5.2) and one without a colon make a name that is no token.
    const field = fieldNameIn(text, at, colon)
    if (field === undefined) return 'BAD_REQUEST'
    const end = valueEnd(text, colon + 1)
    if (end < 0) return 'BAD_REQUEST'
    const value = trimmed(text, colon + 1, end)
    at = end + 2

    switch (field.kind) {
      case FieldKind.ordinary:
        flat.push(field.name, value)
        break
      case FieldKind.forwarded:
        if (trusted) flat.push(field.name, value)
        break
      case FieldKind.host:
        head.hosts++
        head.host = value
        break
      case FieldKind.contentLength:
        head.contentLengths++
        head.contentLength = value
        break
      case FieldKind.transferEncoding:
        head.transferEncodings++
        head.transferEncoding = value
        break
      case FieldKind.connection:
        nominated = connectionOptions(value, head, nominated)
        break
      case FieldKind.expect:
        head.expect = head.expect === undefined ? value : `${head.expect}, ${value}`
        break
      case FieldKind.upgrade:
        head.upgrade = head.upgrade === undefined ? value : `${head.upgrade}, ${value}`
        break
      case FieldKind.te:
        head.teTrailers ||= /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(value)
        break
      case FieldKind.hopByHop:
        if (field.name === 'keep-alive') head.keepAliveHint = value
        break
      default: // trailer, look-alikes: not passed on
        break
    }
  }
  if (nominated !== undefined) for (const name of nominated) head.headers.delete(name)
  return undefined
}

/** Reads one Connection field (RFC 9110 §7.6.1); returns the names of fields it asks to be removed. */
function connectionOptions(value: string, head: Head, nominated?: string[]): string[] | undefined {
  if (value === 'keep-alive' || value === 'Keep-Alive') {
    head.connectionKeepAlive = true
    return nominated
  }
  for (const part of value.split(',')) {
    const option = trimmed(part, 0, part.length).toLowerCase()
    if (option === 'close') head.connectionClose = true
    else if (option === 'keep-alive') head.connectionKeepAlive = true
    else if (option === 'upgrade') head.connectionUpgrade = true
    else if (option !== '' && mayBeNominated(option)) (nominated ??= []).push(option)
  }
  return nominated
}

/** What proxies before us wrote is also not a client's to remove. */
function mayBeNominated(option: string): boolean {
  return !NEVER_NOMINATED.has(option) && fieldName(option)?.kind !== FieldKind.forwarded
}

/** 0 or 1 for `HTTP/1.0` and `HTTP/1.1` exactly; -1 for anything else. */
function minorVersion(text: string, start: number): number {
  if (!text.startsWith('HTTP/1.', start)) return -1
  const digit = text.charCodeAt(start + 7) - 0x30
  return digit === 0 || digit === 1 ? digit : -1
}

function threeDigits(text: string, at: number): number {
  const a = text.charCodeAt(at) - 0x30
  const b = text.charCodeAt(at + 1) - 0x30
  const c = text.charCodeAt(at + 2) - 0x30
  if (!(a >= 1 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9)) return -1
  return a * 100 + b * 10 + c
}
