/** A target's reply as the gateway passes it on: fingerprints hidden, its own address put in the client's terms. */

import type { Body } from '#sdk/body'
import type { Exchange } from '#sdk/exchange'
import { Reply } from '#sdk/reply'
import type { ReplyHead } from '#wire/head'

/** What names the software, or the machine, behind the gateway. */
const FINGERPRINTS = new Set([
  'server',
  'x-powered-by',
  'x-aspnet-version',
  'x-aspnetmvc-version',
  'x-generator',
  'x-runtime',
  'x-version',
  'x-backend',
  'x-backend-server',
  'x-served-by',
  'x-server',
  'x-host',
  'x-upstream',
  'via',
])

interface Whence {
  /** All that it may call itself. */
  readonly authorities: readonly string[]
  readonly basePath: string
}

export function readReply(
  ex: Exchange,
  head: ReplyHead,
  body: Body | undefined,
  /** Undefined: addresses stay as they are. */
  target: Whence | undefined,
): Reply {
  const { headers } = head
  const { flat } = headers
  let kept = 0
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!
    if (FINGERPRINTS.has(name)) continue
    const value = flat[i + 1]!
    flat[kept] = name
    flat[kept + 1] =
      target !== undefined && isAddress(name) ? inClientTerms(name, value, ex, target) : value
    kept += 2
  }
  if (kept < flat.length) flat.length = kept
  if (
    body === undefined &&
    head.contentLength !== undefined &&
    hasNoBody(head.status, ex.request.method)
  ) {
    headers.add('content-length', head.contentLength) // what GET would have had (RFC 9110 §8.6)
  }
  return new Reply(head.status, headers, body, 'service')
}

function hasNoBody(status: number, method: string): boolean {
  return method === 'HEAD' || status === 304
}

function isAddress(name: string): boolean {
  return name === 'location' || name === 'content-location' || name === 'set-cookie'
}

/** A reference to the target itself is one to the gateway; to anywhere else it stays as it is, byte for byte. */
function inClientTerms(name: string, value: string, ex: Exchange, target: Whence): string {
  if (name === 'set-cookie') return cookieInClientTerms(value, target)
  const { authorities, basePath } = target
  const origins = authorities.flatMap((authority) => [
    `http://${authority}`,
    `https://${authority}`,
  ])
  for (const origin of origins) {
    if (!startsWithIgnoringCase(value, origin) || !endsReference(value, origin.length)) continue
    const path = withoutBase(value.slice(origin.length), basePath)
    return `${ex.request.scheme}://${ex.request.authority}${path}`
  }
  if (!value.startsWith('/') || value.startsWith('//')) return value
  const path = withoutBase(value, basePath)
  if (path.startsWith('//')) return value // `//x` would be another host
  return path.startsWith('/') ? path : `/${path}`
}

/** A cookie for the target's own name would never come back; its path is told without the target's base path. */
function cookieInClientTerms(value: string, { authorities, basePath }: Whence): string {
  return value
    .split(';')
    .filter((part) => {
      const domain = /^\s*domain\s*=\s*\.?(.*?)\s*$/i.exec(part)?.[1]
      return domain === undefined || !isHostOf(domain.toLowerCase(), authorities)
    })
    .map((part) => {
      if (basePath === '') return part
      const path = /^(\s*path\s*=\s*)(\/.*)$/i.exec(part)
      return path === null ? part : `${path[1]!}${withoutBase(path[2]!, basePath) || '/'}`
    })
    .join(';')
}

function isHostOf(host: string, authorities: readonly string[]): boolean {
  return authorities.some((authority) => authority.replace(/:\d+$/, '') === host)
}

function withoutBase(path: string, basePath: string): string {
  return basePath !== '' && path.startsWith(basePath) && endsReference(path, basePath.length)
    ? path.slice(basePath.length)
    : path
}

/** Whether a host or a base path ends here, and is not the beginning of a longer one. */
function endsReference(text: string, at: number): boolean {
  return at === text.length || text[at] === '/' || text[at] === '?' || text[at] === '#'
}

function startsWithIgnoringCase(text: string, start: string): boolean {
  return text.length >= start.length && text.slice(0, start.length).toLowerCase() === start
}
