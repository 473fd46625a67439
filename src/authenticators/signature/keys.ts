/** The keys of those who sign: each for one algorithm, and of one consumer. */

import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { z } from '#sdk/index'
import { ALGORITHM_NAMES, type AlgorithmName, ALGORITHMS } from './algorithms.ts'

export interface SignatureKey {
  readonly kid: string
  readonly alg: AlgorithmName
  readonly key: KeyObject
  /** Whose it is; undefined: of the one who is called as the key is. */
  readonly consumer: string | undefined
}

const someText = () => z.string({ error: 'expected a text' }).min(1, { error: 'expected a text' })

const entry = z.strictObject({
  kid: someText().describe('What signatures call it: their keyid'),
  alg: z
    .enum(ALGORITHM_NAMES, { error: `expected ${ALGORITHM_NAMES.join(', ')}` })
    .describe('The one algorithm that it is for'),
  key: z
    .union([someText(), z.looseObject({ kty: z.string() })], {
      error: 'expected PEM text, or a JWK',
    })
    .optional()
    .describe('The public key: PEM text, or a JWK'),
  secret: someText().optional().describe('The secret of hmac-sha256, in base64'),
  consumer: someText().optional().describe('The consumer whose it is; else its kid'),
})

export type WrittenKey = z.output<typeof entry>

/** A key as a JWKS has it (RFC 7517): what it is for follows from what it is. */
const jwk = z
  .looseObject({ kty: someText(), kid: someText(), consumer: someText().optional() })
  .transform(({ consumer, ...key }, context): WrittenKey => {
    const alg = algorithmOf(key)
    if (alg !== undefined) {
      const material = alg === 'hmac-sha256' ? { secret: secretIn(key) } : { key }
      return { kid: key.kid, alg, ...material, ...(consumer === undefined ? {} : { consumer }) }
    }
    context.issues.push({
      code: 'custom',
      input: key,
      message: `expected a JWK for one of ${ALGORITHM_NAMES.join(', ')}; one of RSA says "alg": PS512 or RS256`,
    })
    return z.NEVER
  })

const BY_CURVE: Readonly<Record<string, AlgorithmName>> = {
  Ed25519: 'ed25519',
  'P-256': 'ecdsa-p256-sha256',
  'P-384': 'ecdsa-p384-sha384',
}
const BY_ALG: Readonly<Record<string, AlgorithmName>> = {
  PS512: 'rsa-pss-sha512',
  RS256: 'rsa-v1_5-sha256',
}

function algorithmOf(key: Readonly<Record<string, unknown>>): AlgorithmName | undefined {
  if (key['kty'] === 'oct') return 'hmac-sha256'
  const [table, name] = key['kty'] === 'RSA' ? [BY_ALG, key['alg']] : [BY_CURVE, key['crv']]
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined
}

function secretIn({ k }: Readonly<Record<string, unknown>>): string {
  return Buffer.from(typeof k === 'string' ? k : '', 'base64url').toString('base64')
}

export const entries = z.array(z.union([jwk, entry])).min(1)

const NO_LIST = 'expected a JSON list of keys, or an object with a list "keys" in it'

/** Of a file: a list, or an object with a list in it, as JWKS are. */
export function readEntries(text: string): WrittenKey[] | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return NO_LIST
  }
  const list: unknown =
    typeof value === 'object' && value !== null && !Array.isArray(value) && 'keys' in value
      ? value.keys
      : value
  if (!Array.isArray(list) || list.length === 0) return NO_LIST
  const read: WrittenKey[] = []
  for (const [index, one] of list.entries()) {
    const isJwk = typeof one === 'object' && one !== null && 'kty' in one
    const { success, data, error } = (isJwk ? jwk : entry).safeParse(one)
    if (success) read.push(data)
    else {
      const { path, message } = error.issues[0]!
      const members = path.map((name) => `.${String(name)}`).join('')
      return `[${index}]${members} of the file: ${message}`
    }
  }
  return read
}

/** Or what is wrong with one of them; never what it holds. */
export function readKeys(list: readonly WrittenKey[]): ReadonlyMap<string, SignatureKey> | string {
  const keys = new Map<string, SignatureKey>()
  for (const written of list) {
    const { kid, alg, consumer } = written
    if (keys.has(kid)) return `the key ${kid} stands there twice`
    const key = keyOf(written)
    const flaw = typeof key === 'string' ? key : ALGORITHMS[alg].flawOf(key)
    if (typeof key === 'string' || flaw !== undefined) return `the key ${kid} for ${alg}: ${flaw}`
    keys.set(kid, { kid, alg, key, consumer })
  }
  return keys
}

function keyOf({ alg, key, secret }: WrittenKey): KeyObject | string {
  if (alg === 'hmac-sha256') {
    if (secret === undefined || key !== undefined) return 'it has a "secret", and no "key"'
    return createSecretKey(Buffer.from(secret, 'base64'))
  }
  if (key === undefined || secret !== undefined) return 'it has a "key", and no "secret"'
  if (isPrivate(key)) return 'it is a private key: only the signer may have that'
  try {
    return typeof key === 'string' ? createPublicKey(key) : createPublicKey({ format: 'jwk', key })
  } catch {
    return 'it cannot be read'
  }
}

function isPrivate(key: string | object): boolean {
  return typeof key === 'string' ? key.includes('PRIVATE KEY') : 'd' in key
}
