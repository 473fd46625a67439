/** One server of a service: where it is, and what goes before the path. */

import type { Address } from '#wire/http1/connection-owner'

export interface TargetAddress {
  /** As in the configuration; its name in the log. */
  readonly url: string
  readonly address: Address
  /** Whether it speaks TLS. */
  readonly isSecure: boolean
  /** What it is called in a Host field. */
  readonly authority: string
  /** '' or '/base', without a slash at its end. */
  readonly basePath: string
}

/** `http(s)://host:port/base` or `unix:/path/to.sock`; undefined when it is neither. */
export function parseTarget(url: string): TargetAddress | undefined {
  if (url.startsWith('unix:')) {
    const socketPath = url.slice('unix:'.length)
    if (!socketPath.startsWith('/')) return undefined
    return { url, address: { socketPath }, isSecure: false, authority: 'localhost', basePath: '' }
  }
  const parsed = URL.parse(url)
  if (
    (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') ||
    parsed.search !== '' ||
    parsed.hash !== '' ||
    parsed.username !== ''
  )
    return undefined
  const host = parsed.hostname.startsWith('[') ? parsed.hostname.slice(1, -1) : parsed.hostname
  const isSecure = parsed.protocol === 'https:'
  const port = parsed.port === '' ? (isSecure ? 443 : 80) : Number(parsed.port)
  return {
    url,
    address: { host, port },
    isSecure,
    authority: parsed.host,
    basePath: parsed.pathname.replace(/\/+$/, ''),
  }
}
