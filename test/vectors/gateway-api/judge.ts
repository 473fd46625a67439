/** What a case wanted, beside what came. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Wanted } from './table.ts'

export interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** What the service was asked, if one was. */
  readonly asked: IncomingMessage | undefined
}

/** The first thing that is not as it was wanted. */
export function faultOf(want: Wanted, got: Got): string | undefined {
  const { status, headers, body, asked } = got
  // The table has a request without a host where no service is to see one.
  const upstream = want.upstream?.host === '' ? undefined : want.upstream
  if (want.upstream !== upstream && asked !== undefined) return 'a service was asked'
  const [path] = (asked?.url ?? '').split('?')
  if (!want.status.includes(status)) return `${status}, not ${want.status.join(' or ')}`
  if (want.backend !== undefined && body !== want.backend)
    return `answered by ${body}, not ${want.backend}`
  return (
    different('path of the service', upstream?.path, path) ??
    different('host of the service', upstream?.host, asked?.headers.host) ??
    faultOfFields('the service', upstream?.headers, upstream?.absent, asked?.headers ?? {}) ??
    faultOfFields('the client', want.headers, want.absent, headers) ??
    faultOfLocation(want.location, headers.location ?? '')
  )
}

function faultOfFields(
  who: string,
  wanted: Readonly<Record<string, string>> = {},
  absent: readonly string[] = [],
  got: IncomingHttpHeaders,
): string | undefined {
  for (const name of absent) if (got[name] !== undefined) return `${who} gets ${name}`
  for (const [name, value] of Object.entries(wanted)) {
    const all = String(got[name]).replaceAll(', ', ',')
    if (all !== value) return `${who} gets ${name}: ${all}, not ${value}`
  }
  return undefined
}

function faultOfLocation(want: Wanted['location'], text: string): string | undefined {
  if (want === undefined) return undefined
  const location = new URL(text, 'http://gateway.test')
  const port = want.port ?? (want.host === undefined ? undefined : '')
  return (
    different('scheme', want.scheme, location.protocol.slice(0, -1)) ??
    different('host', want.host, location.hostname) ??
    different('port', port, location.port) ??
    different('path', want.path, location.pathname)
  )
}

function different(what: string, wanted: string | undefined, got: string | undefined) {
  return wanted === undefined || wanted === got ? undefined : `${what}: ${got}, not ${wanted}`
}
