/** IP addresses and the networks they lie in. */

import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** IPv4 inside IPv6 as Node writes a peer's address. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/

/** The same as RFC 5952 shortens it. */
const MAPPED_SHORT = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/** One spelling per address: IPv4 inside IPv6 as IPv4, no zone, lower case. Undefined when it is no address. */
export function canonicalAddress(text: string): string | undefined {
  const ipv4 = MAPPED.exec(text)?.[1] ?? text
  if (isIPv4(ipv4)) return ipv4
  if (!isIPv6(text)) return undefined
  const zone = text.indexOf('%')
  const bare = zone < 0 ? text : text.slice(0, zone)
  const shortest = new URL(`http://[${bare}]/`).hostname.slice(1, -1) // RFC 5952, as URLs have it
  const [, high, low] = MAPPED_SHORT.exec(shortest) ?? []
  return high === undefined ? shortest : dotted(high, low!)
}

function dotted(high: string, low: string): string {
  const bytes = Number.parseInt(high, 16) * 0x1_0000 + Number.parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => (bytes >>> shift) & 0xff).join('.')
}

/** A set of networks, each an address or CIDR. */
export class Networks {
  readonly #list = new BlockList()
  readonly isEmpty: boolean

  /** Each text must have passed `isNetwork`. */
  constructor(networks: readonly string[]) {
    this.isEmpty = networks.length === 0
    for (const network of networks) {
      const [address = '', prefix] = network.split('/')
      const family = isIPv4(address) ? 'ipv4' : 'ipv6'
      if (prefix === undefined) this.#list.addAddress(address, family)
      else this.#list.addSubnet(address, Number(prefix), family)
    }
  }

  has(address: string): boolean {
    if (this.isEmpty) return false
    return this.#list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }
}

/** `10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return (
    prefix === undefined ||
    (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
  )
}
