/** Keys of consumers, as they are made and as they are kept: what is kept says nothing of the key. */

import { hash, randomBytes, scryptSync } from 'node:crypto'

/** So many characters of a key tell it from others in logs; they are no part of what is secret. */
const ID_BYTES = 4
const SECRET_BYTES = 32

export interface NewKey {
  /** For the consumer: `pck_1a2b3c4d_…`; 256 bits of it are random. */
  readonly key: string
  /** For the configuration. */
  readonly hash: string
}

export function makeKey(prefix: string): NewKey {
  const label = `${prefix}_${randomBytes(ID_BYTES).toString('hex')}`
  const key = `${label}_${randomBytes(SECRET_BYTES).toString('base64url').replaceAll(/[-_]/g, 'x')}`
  return { key, hash: hashKey(key) }
}

/** The label of a key that another made is the beginning of its digest. */
export function hashKey(key: string): string {
  const [, label] = /^([a-z]{2,8}_[0-9a-f]{8})_[\w-]{43}$/.exec(key) ?? []
  const digest = `sha256:${hash('sha256', key)}`
  return label === undefined ? digest : `${digest}:${label}`
}

const COST = { N: 2 ** 15, r: 8, p: 1 } as const
const SALT_BYTES = 16
const KEY_BYTES = 32
const MAX_MEMORY = 128 * COST.N * COST.r * 2

/** scrypt (RFC 7914): for what people think of, and so could be guessed. */
export function hashPassword(password: string): string {
  const salt = randomBytes(SALT_BYTES)
  const key = scryptSync(password, salt, KEY_BYTES, { ...COST, maxmem: MAX_MEMORY })
  const { N, r, p } = COST
  return `scrypt:${N}:${r}:${p}:${salt.toString('base64url')}:${key.toString('base64url')}`
}
