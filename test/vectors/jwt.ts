/** Signed tokens: Wycheproof's and those of RFC 7520. None of the invalid may pass. */

import { ALGORITHMS } from '../../src/authenticators/tokens/algorithms.ts'
import { readJws } from '../../src/authenticators/tokens/compact-jws.ts'
import { KeySet, readKeySet } from '../../src/authenticators/tokens/key-set.ts'
import { readSecret } from '../../src/authenticators/tokens/verification-key.ts'
import { readVectors, Tally, type VectorResult } from './vectors.ts'

const FILE = 'jwt.json'

interface Jwk {
  readonly kty: string
  readonly kid?: string
  readonly alg?: string
  readonly k?: string
}

interface Group {
  readonly src: string
  readonly name: string
  readonly key: Jwk | { readonly keys: readonly Jwk[] }
  readonly tests: readonly {
    readonly id: string
    readonly jws: unknown
    readonly want: 'valid' | 'invalid'
  }[]
}

/** What passes in the vectors and not here, on purpose. */
function reasonToRefuse(keyAlg: string | undefined, tokenAlg: string, jws: string) {
  if (jws.includes('?')) return 'a character that base64url has not is passed over there'
  if (keyAlg === 'PS256' && tokenAlg === 'PS384')
    return 'a key that says PS256 is for that alone (RFC 8725 §3.1)'
  if (keyAlg === 'ES521') return 'a key that says ES521, which is no algorithm, is for none'
  return undefined
}

export function run(): Promise<VectorResult> {
  const tally = new Tally(FILE)
  for (const group of readVectors(FILE) as readonly Group[]) {
    const keys = 'keys' in group.key ? group.key.keys : [group.key]
    const set = setOf(keys)
    for (const { id, jws, want } of group.tests) {
      if (typeof jws !== 'string') {
        tally.leaveOut('not in the compact form, the only one there is in a request')
        continue
      }
      const read = readJws(jws)
      const passes = typeof read !== 'string' && set !== undefined && set.hasSigned(read)
      const alg = typeof read === 'string' ? '' : read.algorithm.name
      const reason = want === 'valid' ? reasonToRefuse(keys[0]!.alg, alg, jws) : undefined
      const wanted = want === 'valid' && reason === undefined
      const fault =
        passes === wanted ? undefined : `${id} (${group.name}): ${passes ? 'passed' : 'refused'}`
      if (reason === undefined) tally.note(fault)
      else tally.noteStated(reason, fault)
    }
  }
  return Promise.resolve(tally.result())
}

/** As configurations have them: keys of an issuer, or one secret; never both. */
function setOf(keys: readonly Jwk[]): KeySet | undefined {
  if (keys.some(({ kty }) => kty !== 'oct')) {
    const read = readKeySet({ keys })
    return typeof read === 'string' ? undefined : read.set
  }
  const names = new Set(keys.map(({ kid }) => kid))
  if (names.size < keys.length) return undefined
  const secrets = keys.map(({ k = '', alg = '', kid }) =>
    readSecret(
      Buffer.from(k, 'base64url'),
      ALGORITHMS.get(alg)?.family === 'hmac' ? [alg] : [],
      kid,
    ),
  )
  return new KeySet(secrets)
}
