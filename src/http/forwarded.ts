/** Where a request came from, as proxies tell it: X-Forwarded-* and Forwarded (RFC 7239). */

import { canonicalAddress, type Networks } from '#base/address'
import type { HeaderList } from '#http/header-list'

/**
 * The client's address, by what trusted proxies say of it. Walked from the right, where the nearest proxy wrote; ends at
 * the first hop that is no trusted proxy, or that cannot be read: what stands further left may be anyone's word.
 */
export function clientAddress(headers: HeaderList, peer: string, trusted: Networks): string {
  if (!trusted.has(peer)) return peer
  let client = peer
  for (const hop of nearestFirst(headers, 'x-forwarded-for', 'for')) {
    const address = hopAddress(hop)
    if (address === undefined) return client
    client = address
    if (!trusted.has(address)) return client
  }
  return client
}

/** The scheme that the nearest proxy says the client used; undefined when it says nothing we understand. */
export function forwardedScheme(headers: HeaderList): 'http' | 'https' | undefined {
  const nearest = nearestFirst(headers, 'x-forwarded-proto', 'proto')[0]?.toLowerCase()
  return nearest === 'http' || nearest === 'https' ? nearest : undefined
}

/** `for=` of one hop, quoted where the grammar asks for it (RFC 7239 §6). */
export function forwardedNode(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address
}

/** A value as a token, or quoted. Authorities hold nothing that needs an escape within quotes. */
export function forwardedValue(text: string): string {
  return /^[\w!#$%&'*+\-.^`|~]+$/.test(text) ? text : `"${text}"`
}

/** `198.51.100.7`, `198.51.100.7:4711`, `[2001:db8::1]:443`, `2001:db8::1`. */
function hopAddress(hop: string): string | undefined {
  const bracketed = /^\[([^\]]*:[^\]]*)\](?::\d{1,5})?$/.exec(hop)?.[1]
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(hop)?.[1]
  return canonicalAddress(bracketed ?? withPort ?? hop)
}

/** What each hop said: in the field of that name, or as that parameter of Forwarded; empty members are none. */
function nearestFirst(headers: HeaderList, field: string, parameter: string): string[] {
  const list = headers.joined(field)
  if (list !== undefined) {
    const members = list.split(',').map((member) => unquoted(member.trim()))
    return members.filter((member) => member !== '').toReversed()
  }
  const forwarded = headers.joined('forwarded')
  if (forwarded === undefined) return []
  const elements = splitFromRight(forwarded, ',').filter((element) => element.trim() !== '')
  return elements.map((element) => parameterOf(element, parameter))
}

/** '' when the element does not have it: a hop that cannot be read. */
function parameterOf(element: string, name: string): string {
  for (const pair of splitFromRight(element, ';')) {
    const equals = pair.indexOf('=')
    if (pair.slice(0, Math.max(equals, 0)).trim().toLowerCase() !== name) continue
    return unquoted(pair.slice(equals + 1).trim())
  }
  return ''
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/**
 * Members of a list that may hold quoted strings, last first. Quotes are paired from the right, so that one which a
 * client left open cannot swallow what the proxies after it wrote.
 */
function splitFromRight(text: string, separator: ',' | ';'): string[] {
  const members: string[] = []
  let end = text.length
  let quoted = false
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === '"' && text[i - 1] !== '\\') quoted = !quoted
    else if (text[i] === separator && !quoted) {
      members.push(text.slice(i + 1, end))
      end = i
    }
  }
  members.push(text.slice(0, end))
  return members
}
