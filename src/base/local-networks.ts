/** Addresses of this machine and of networks that are not the internet (RFC 1918, 4193, 3927, 4291). */

import { canonicalAddress, Networks } from './address.ts'

const LOCAL = new Networks([
  '0.0.0.0/32',
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
])

/** False for what is no address. */
export function isLocal(address: string): boolean {
  const canonical = canonicalAddress(address)
  return canonical !== undefined && LOCAL.has(canonical)
}
