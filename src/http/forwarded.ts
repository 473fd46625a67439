/** Where a request came from, as proxies tell it: X-Forwarded-* and Forwarded (RFC 7239). */

import { canonicalAddress, type Networks } from '#base/address'
import type { HeaderList } from '#http/header-list'

/**
 * The client's address, by what trusted proxies say of it. Walked from the right, where the nearest proxy wrote; ends at
 * the first hop that is no trusted proxy, or that cannot be read: what stands further left may be anyone's word.
 */
export function clientAddress(headers: HeaderList, peer: string, trusted: Networks): string {
  if (!trusted.has(peer)) return peer
  const hops = (headers.joined('x-forwarded-for') ?? forwardedFor(headers) ?? '').split(',')
  let client = peer
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = hops[i]!.trim()
    if (hop === '') continue
    const address = hopAddress(hop)
    if (address === undefined) return client
    client = address
    if (!trusted.has(address)) return client
  }
  return client
}

/** The scheme that the nearest proxy says the client used; undefined when it says nothing we understand. */
export function forwardedScheme(headers: HeaderList): 'http' | 'https' | undefined {
  const said = headers.joined('x-forwarded-proto') ?? forwardedParameter(headers, 'proto')
  const nearest = said
    ?.slice(said.lastIndexOf(',') + 1)
    .trim()
    .toLowerCase()
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
  const unquoted = hop.startsWith('"') && hop.endsWith('"') ? hop.slice(1, -1) : hop
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(unquoted)?.[1]
  if (bracketed !== undefined) return canonicalAddress(bracketed)
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(unquoted)?.[1]
  return canonicalAddress(withPort ?? unquoted)
}

function forwardedFor(headers: HeaderList): string | undefined {
  return forwardedParameter(headers, 'for')
}

/** One parameter of every element of Forwarded, joined by commas; an element without it counts as unreadable. */
function forwardedParameter(headers: HeaderList, name: string): string | undefined {
  const field = headers.joined('forwarded')
  if (field === undefined) return undefined
  return field
    .split(',')
    .map((element) => {
      for (const pair of element.split(';')) {
        const [key = '', ...value] = pair.split('=')
        if (key.trim().toLowerCase() === name) return value.join('=').trim()
      }
      return '_'
    })
    .join(',')
}
