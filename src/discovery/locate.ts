/** What a source told -> targets that can be called: names become addresses, and addresses are looked at twice. */

import { isIP, isIPv6 } from 'node:net'
import { canonicalAddress } from '#base/address'
import { isLocal } from '#base/local-networks'
import type { Addresses, Names } from './names.ts'
import type { AllowedNetworks } from './networks.ts'
import type { Found, Told } from './source.ts'

/** What one source may bring: what is more is left out. */
const MOST_FOUND = 256

const NAME = /^(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?$/

export interface Located {
  readonly found: readonly Found[]
  readonly holdsMs: number
  /** What was left out, and why, in words. */
  readonly problems: readonly string[]
}

/** How what is found is called. */
export interface Way {
  readonly scheme: 'http' | 'https'
  /** Whether in plain text beyond the local network too. */
  readonly plaintext: boolean
}

const PLAIN_LOCAL: Way = { scheme: 'http', plaintext: false }

/** Fails when nothing can be called, or no server told anything of the names. */
export async function locate(
  told: readonly Told[],
  names: Names,
  allowed: AllowedNetworks,
  way: Way = PLAIN_LOCAL,
): Promise<Located> {
  const hosts = [...new Set(told.map(({ host }) => host))]
  const places = new Map(
    await Promise.all(hosts.map(async (host) => [host, await placeOf(host, names)] as const)),
  )
  const asked = [...places.values()]
  if (asked.length > 0 && asked.every(({ isFresh }) => !isFresh)) throw asked[0]!.failure!

  const problems = new Set<string>()
  const byUrl = new Map<string, Found>()
  for (const target of told) {
    const { addresses, failure } = places.get(target.host)!
    if (failure !== undefined) problems.add(failure.message)
    if (addresses.length === 0) problems.add(`${target.host} has no address`)
    for (const address of addresses) {
      const found = foundAt(address, target, way)
      if (!allowed.has(address)) problems.add(`${address} may not be called: see allowedNetworks`)
      else if (!way.plaintext && found.url.startsWith('http:') && !isLocal(address))
        problems.add(
          `${address} is beyond the local network and would be called in plain text: see plaintext`,
        )
      else if (!byUrl.has(found.url)) byUrl.set(found.url, found)
    }
  }
  const found = [...byUrl.values()].toSorted((a, b) => (a.url < b.url ? -1 : 1))
  if (found.length === 0) throw new Error([...problems].join('; ') || 'no target was told')
  if (found.length > MOST_FOUND)
    problems.add(`${found.length} targets were found: the first ${MOST_FOUND} are used`)
  return {
    found: found.slice(0, MOST_FOUND),
    holdsMs: Math.min(...asked.map(({ holdsMs }) => holdsMs)),
    problems: [...problems],
  }
}

async function placeOf(host: string, names: Names): Promise<Addresses> {
  if (isIP(host) === 0 && NAME.test(host)) return names.addressesOf(host)
  const addresses = [canonicalAddress(host)].filter((address) => address !== undefined)
  return { addresses, holdsMs: Infinity, failure: undefined, isFresh: true }
}

function foundAt(
  address: string,
  { scheme, host, port, basePath, weight, tier, drain }: Told,
  way: Way,
): Found {
  const own = scheme ?? way.scheme
  const name = host.replace(/\.$/, '').toLowerCase()
  const authority =
    isIP(host) === 0 ? (port === (own === 'http' ? 80 : 443) ? name : `${name}:${port}`) : undefined
  const place = isIPv6(address) ? `[${address}]` : address
  return { url: `${own}://${place}:${port}${basePath}`, authority, weight, tier, drain }
}
