/** Field names: checked, put in lower case and classed once, then found again by the bytes they came as. */

/** What the engine must know of a field by its name alone. */
export const FieldKind = {
  ordinary: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  expect: 5,
  upgrade: 6,
  te: 7,
  trailer: 8,
  /** Meant for one connection only, and of no interest to us (RFC 9110 §7.6.1). */
  hopByHop: 9,
  /** Says where a request came from, or what it was before a proxy changed it: believed from trusted proxies only. */
  forwarded: 10,
  /** Spelled with `_` what is reserved with `-`: some backends cannot tell the two apart. Dropped. */
  lookAlike: 11,
} as const

export interface FieldName {
  readonly name: string
  readonly kind: number
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const KINDS: Record<string, number> = {
  host: FieldKind.host,
  'content-length': FieldKind.contentLength,
  'transfer-encoding': FieldKind.transferEncoding,
  connection: FieldKind.connection,
  expect: FieldKind.expect,
  upgrade: FieldKind.upgrade,
  te: FieldKind.te,
  trailer: FieldKind.trailer,
  'keep-alive': FieldKind.hopByHop,
  'proxy-connection': FieldKind.hopByHop,
  'proxy-authenticate': FieldKind.hopByHop,
  'proxy-authorization': FieldKind.hopByHop,
  'http2-settings': FieldKind.hopByHop,
  /** No field of HTTP, but scripts behind CGI take it for the address of their own proxy. */
  proxy: FieldKind.hopByHop,
  forwarded: FieldKind.forwarded,
  'x-request-id': FieldKind.forwarded,
  traceparent: FieldKind.forwarded,
  tracestate: FieldKind.forwarded,
  baggage: FieldKind.forwarded,
  'x-real-ip': FieldKind.forwarded,
  'true-client-ip': FieldKind.forwarded,
  'x-client-ip': FieldKind.forwarded,
  'x-cluster-client-ip': FieldKind.forwarded,
  'x-remote-ip': FieldKind.forwarded,
  'x-remote-addr': FieldKind.forwarded,
  'x-forwarded': FieldKind.forwarded,
  'x-host': FieldKind.forwarded,
  'x-scheme': FieldKind.forwarded,
  'x-url-scheme': FieldKind.forwarded,
  'front-end-https': FieldKind.forwarded,
  'x-original-url': FieldKind.forwarded,
  'x-original-uri': FieldKind.forwarded,
  'x-original-host': FieldKind.forwarded,
  'x-original-method': FieldKind.forwarded,
  'x-rewrite-url': FieldKind.forwarded,
  /** Marks the copy of a request: see services/mirror. */
  'x-shadow': FieldKind.forwarded,
  'client-cert': FieldKind.forwarded,
  'client-cert-chain': FieldKind.forwarded,
}

const ORDINARY =
  'accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-credentials ' +
  'access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers ' +
  'access-control-max-age access-control-request-headers access-control-request-method age allow alt-svc authorization ' +
  'cache-control content-disposition content-encoding content-language content-location content-range ' +
  'content-security-policy content-type cookie date dnt etag expires from if-match if-modified-since if-none-match ' +
  'if-range if-unmodified-since last-modified link location max-forwards origin pragma priority range referer ' +
  'referrer-policy retry-after sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode ' +
  'sec-fetch-site sec-fetch-user sec-gpc server set-cookie strict-transport-security upgrade-insecure-requests ' +
  'user-agent vary via warning www-authenticate x-api-key x-content-type-options x-frame-options x-powered-by ' +
  'x-requested-with x-xss-protection'

const FORWARDED_PREFIX = 'x-forwarded-'
/** Who calls, as gateways tell it. */
const CONSUMER_PREFIX = 'x-consumer-'

interface Spelling extends FieldName {
  readonly raw: string
}

/**
 * Every spelling seen, by what is cheap to read of it: looked up in place, without a slice and without a hash over all
 * its characters (bench/micro/head: 25 % of a browser's head). Bounded, so that strangers cannot make it grow or slow.
 */
const buckets: (Spelling[] | undefined)[] = Array.from<undefined>({ length: 1_024 }).fill(undefined)
const MAX_IN_BUCKET = 6
const MAX_KEPT_LENGTH = 64

for (const name of [...ORDINARY.split(' '), ...Object.keys(KINDS)]) remember(name)
for (const name of ['for', 'proto', 'host', 'port', 'prefix', 'uri', 'method', 'server', 'ssl']) {
  remember(FORWARDED_PREFIX + name)
}

/** The name behind `text[start, end)`, or undefined when it is no token (RFC 9110 §5.1). */
export function fieldNameIn(text: string, start: number, end: number): FieldName | undefined {
  const bucket = buckets[bucketOf(text, start, end)]
  if (bucket !== undefined) {
    for (let i = 0; i < bucket.length; i++) {
      const spelling = bucket[i]!
      if (spelling.raw.length === end - start && text.startsWith(spelling.raw, start))
        return spelling
    }
  }
  return learn(text.slice(start, end))
}

/** The name behind the bytes, or undefined when they are no token. */
export function fieldName(raw: string): FieldName | undefined {
  return fieldNameIn(raw, 0, raw.length)
}

function bucketOf(text: string, start: number, end: number): number {
  const middle = (start + end) >> 1
  const ends = text.charCodeAt(start) * 7 + text.charCodeAt(end - 1) * 13
  return ((end - start) * 31 + ends + text.charCodeAt(middle) * 3) & 1_023
}

function learn(raw: string): FieldName | undefined {
  if (!TOKEN.test(raw)) return undefined
  const lower = raw.toLowerCase()
  if (raw.length > MAX_KEPT_LENGTH) return { name: lower, kind: kindOf(lower) }
  // A slice would keep the whole head it was cut from alive.
  const known = lower === raw ? undefined : fieldName(unslice(lower))
  return keep(unslice(raw), known ?? { name: unslice(lower), kind: kindOf(lower) })
}

function keep(raw: string, { name, kind }: FieldName): FieldName {
  const spelling = { raw, name, kind }
  const bucket = (buckets[bucketOf(raw, 0, raw.length)] ??= [])
  if (bucket.length < MAX_IN_BUCKET) bucket.push(spelling)
  return spelling
}

function remember(name: string): void {
  const field = { name, kind: kindOf(name) }
  keep(name, field)
  keep(
    name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    field,
  )
}

function kindOf(name: string): number {
  const own = Object.hasOwn(KINDS, name) ? KINDS[name]! : FieldKind.ordinary
  if (own !== FieldKind.ordinary) return own
  if (name.startsWith(FORWARDED_PREFIX) || name.startsWith(CONSUMER_PREFIX))
    return FieldKind.forwarded
  if (!name.includes('_')) return FieldKind.ordinary
  return isReserved(name.replaceAll('_', '-')) ? FieldKind.lookAlike : FieldKind.ordinary
}

/** Names that backends act on as said by a proxy, or that frame and route a message. */
function isReserved(name: string): boolean {
  return (
    kindOf(name) !== FieldKind.ordinary ||
    name === 'authorization' ||
    name === 'cookie' ||
    name === 'via' ||
    name === 'content-type'
  )
}

function unslice(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** What would change how a message is framed, routed, allowed, cached or read, once its body has passed (RFC 9110 §6.5.1). */
const NEVER_IN_TRAILERS = new Set(
  (
    'accept-ranges age allow authentication-info authorization cache-control cookie date etag expires if-match ' +
    'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards origin pragma ' +
    'range retry-after set-cookie vary via warning www-authenticate x-api-key x-http-method-override'
  ).split(' '),
)

/** Whether a field may stand after a body. Of those that describe the content only its digest may (RFC 9530 §6.2). */
export function mayTrail({ name, kind }: FieldName): boolean {
  if (kind !== FieldKind.ordinary || NEVER_IN_TRAILERS.has(name)) return false
  return !name.startsWith('content-') || name === 'content-digest'
}

/** Fields that frame a message or name the connection: written by the engine alone, whoever else set them. */
export function isFramingField(name: string): boolean {
  switch (name) {
    case 'connection':
    case 'content-length':
    case 'transfer-encoding':
    case 'keep-alive':
    case 'proxy-connection':
    case 'upgrade':
    case 'te':
    case 'trailer':
      return true
    default:
      return false
  }
}
