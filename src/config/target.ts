/** The address of a backend server: `http(s)://host:port/base` or `unix:/path`. */

import { isIP } from 'node:net'
import { isLocal } from '#base/local-networks'

const EXPECTED =
  'expected http(s)://host:port, with or without a base path, or unix:/path/of/socket'

/** What is wrong with a target's text; undefined when nothing is. */
export function targetProblem(text: string): string | undefined {
  if (text.startsWith('unix:')) return /^unix:\/[^?#]+$/.test(text) ? undefined : EXPECTED
  if (!URL.canParse(text)) return EXPECTED
  const url = new URL(text)
  if (!/^https?:\/\/[^/]/i.test(text)) return EXPECTED
  if (url.username !== '' || url.password !== '') {
    return `${EXPECTED}; a name and password have no place in it`
  }
  if (/[?#]/.test(text)) return `${EXPECTED}; "?" and "#" have no place in it`
  return url.port === '0' ? EXPECTED : undefined
}

/** One spelling for one server, so that the same one twice is seen. */
export function targetKey(text: string): string {
  return URL.canParse(text) ? new URL(text).href.replace(/\/$/, '') : text
}

/** Of a target that would be called unencrypted beyond the local network, as far as its text tells. */
export function plaintextProblem(url: string): string | undefined {
  const host = url.startsWith('http:') ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : ''
  if (isIP(host) === 0 || isLocal(host)) return undefined
  return `found ${url}, an address beyond the local network that would be called in plain text, expected https, or a service that says "plaintext: true"`
}
