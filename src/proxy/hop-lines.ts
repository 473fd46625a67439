/** What the next hop is told of where a request came from: forwarding fields, made anew or continued. */

import { forwardedNode, forwardedValue } from '#http/forwarded'
import type { HeaderList } from '#http/header-list'

export interface Origin {
  /** The other end of the connection. */
  readonly peer: string
  readonly scheme: string
  readonly authority: string
  /** The port that clients see. */
  readonly port: number
}

/** Our name in Via: it tells loops apart, not products. */
const PSEUDONYM = 'gateway'

/** For a client that nobody vouches for: whatever it said of itself was dropped at the door. */
export function freshHopLines({ peer, scheme, authority, port }: Origin): string {
  return (
    `x-forwarded-for: ${peer}\r\nx-forwarded-proto: ${scheme}\r\nx-forwarded-host: ${authority}\r\n` +
    `x-forwarded-port: ${port}\r\nforwarded: ${forwardedElement(peer, scheme, authority)}\r\n`
  )
}

/**
 * Behind a trusted proxy: what it said, and the proxy itself as one hop more. The family of fields that `client` was read
 * from goes on; the other is made anew from it, as a proxy that writes one lets a client's own other one by.
 */
export function continuedHopLines(origin: Origin, headers: HeaderList, client: string): string {
  const { peer, scheme, authority, port } = origin
  const told = (name: string, otherwise: string): string => headers.joined(name) ?? otherwise
  const known = client === peer ? undefined : client
  const chain = headers.joined('x-forwarded-for')
  const forwarded = chain === undefined ? headers.joined('forwarded') : undefined
  const before = forwarded ?? (known && `for=${forwardedNode(known)}`)
  const element = forwardedElement(peer, scheme, authority)
  return (
    `x-forwarded-for: ${continued(chain ?? known, peer)}\r\n` +
    `x-forwarded-proto: ${scheme}\r\nx-forwarded-host: ${told('x-forwarded-host', authority)}\r\n` +
    `x-forwarded-port: ${told('x-forwarded-port', String(port))}\r\n` +
    `forwarded: ${continued(before, element)}\r\n`
  )
}

function continued(list: string | undefined, member: string): string {
  return list === undefined ? member : `${list}, ${member}`
}

/** One Via field, ours last (RFC 9110 §7.6.3). */
export function viaLine(headers: HeaderList, version: string): string {
  return `via: ${continued(headers.joined('via'), `${version} ${PSEUDONYM}`)}\r\n`
}

function forwardedElement(peer: string, scheme: string, authority: string): string {
  return `for=${forwardedNode(peer)};host=${forwardedValue(authority)};proto=${scheme}`
}
