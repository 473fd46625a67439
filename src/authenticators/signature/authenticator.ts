/** `signature`: callers are known by the key that they sign their requests with. */

import { defineAuthenticator } from '#sdk/index'
import { readEntries, readKeys, type SignatureKey } from './keys.ts'
import { type Options, options } from './options.ts'
import { Signature } from './signature.ts'

export const signature = defineAuthenticator({
  name: 'signature',
  summary: 'HTTP message signatures (RFC 9421): who signed the request, and that nobody changed it',
  options,
  secrets: ['secret'],
  files: ['keys'],
  check: (read) => {
    const keys = keysOf(read)
    return typeof keys === 'string' ? [{ at: 'keys', message: keys }] : []
  },
  create(read, host) {
    const keys = keysOf(read)
    if (typeof keys === 'string') throw new Error(keys)
    return new Signature(read, keys, host)
  },
})

function keysOf({ keys }: Options): ReadonlyMap<string, SignatureKey> | string {
  const entries = typeof keys === 'string' ? readEntries(keys) : keys
  return typeof entries === 'string' ? entries : readKeys(entries)
}
