/** Which addresses a target may have that nobody wrote down: a name must not lead the gateway to itself or its machine. */

import { canonicalAddress, Networks } from '#base/address'

/** This network, loopback, link-local, multicast, reserved; and first where clouds keep the keys of their machines. */
const GUARDED_IPV4 = [
  '169.254.169.254/32',
  '168.63.129.16/32',
  '100.100.100.200/32',
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** The same in IPv6, with all of ::/96; IPv4 through NAT64 is guarded as IPv4 itself is. */
const GUARDED = [
  ...GUARDED_IPV4,
  ...GUARDED_IPV4.map((network) => {
    const [address, prefix] = network.split('/')
    return `64:ff9b::${address}/${96 + Number(prefix)}`
  }),
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  '::/96',
  'fe80::/10',
  'ff00::/8',
]

export class AllowedNetworks {
  readonly #listed: Networks | undefined
  /** The more specific first; of each what was listed within it. */
  readonly #guarded: readonly { readonly networks: Networks; readonly listed: Networks }[]

  /** Undefined: all but those that are guarded. These are allowed only by a network that lies within them. */
  constructor(listed: readonly string[] | undefined) {
    this.#listed = listed && new Networks(listed)
    this.#guarded = GUARDED.map((guarded) => ({
      networks: new Networks([guarded]),
      listed: new Networks((listed ?? []).filter((network) => liesWithin(network, guarded))),
    }))
  }

  has(address: string): boolean {
    const canonical = canonicalAddress(address)
    if (canonical === undefined) return false
    const guard = this.#guarded.find(({ networks }) => networks.has(canonical))
    if (guard !== undefined) return guard.listed.has(canonical)
    return this.#listed?.has(canonical) ?? true
  }
}

function liesWithin(inner: string, outer: string): boolean {
  const [address = '', prefix] = inner.split('/')
  return (
    new Networks([outer]).has(address) &&
    (prefix === undefined || Number(prefix) >= Number(outer.split('/')[1]))
  )
}
