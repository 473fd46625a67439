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

export const entries = z.array(entry).min(1)

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
  if (!Array.isArray(list)) return NO_LIST
  const read = entries.safeParse(list)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const [index, ...members] = issue!.path.map(String)
  return `[${index}]${members.map((name) => `.${name}`).join('')} of the file: ${issue!.message}`
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
