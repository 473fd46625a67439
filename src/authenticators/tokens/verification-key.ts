/** A key as signatures are checked with it, read from a JWK (RFC 7517): one use, and the algorithms that fit. */

import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { ALGORITHMS } from './algorithms.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { hasRocaForm } from './roca.ts'

export interface VerificationKey {
  readonly kid: string | undefined
  readonly key: KeyObject
  /** Names of the algorithms it is for (RFC 8725 §3.1). */
  readonly algorithms: ReadonlySet<string>
  /** RFC 7638, SHA-256. '' for a secret. */
  readonly thumbprint: string
  /** Of a signature made with it; undefined where the algorithm tells. */
  readonly signatureBytes: number | undefined
}

/** A key that cannot be used. `isOfNoUse`: it is for something else, and there is nothing wrong with that. */
export interface Unusable {
  readonly why: string
  readonly isOfNoUse: boolean
}

/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2_048
/** What takes longer to check than a request may cost. */
const MAX_RSA_BITS = 8_192

/** What of a key is public, in the order of its thumbprint (RFC 7638 §3.2). */
const PUBLIC_MEMBERS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['RSA', ['e', 'kty', 'n']],
  ['EC', ['crv', 'kty', 'x', 'y']],
  ['OKP', ['crv', 'kty', 'x']],
])

export function readJwk(jwk: unknown): VerificationKey | Unusable {
  if (!isObject(jwk)) return unusable('it is not an object')
  const { kty, kid, use, key_ops: operations, alg } = jwk
  if (kid !== undefined && typeof kid !== 'string') return unusable('its kid is not a string')
  if (use !== undefined && use !== 'sig') return ofNoUse('it is not for signatures')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return ofNoUse('its key_ops have no verify')
  const names = PUBLIC_MEMBERS.get(kty)
  if (names === undefined) return ofNoUse('its kty is none of RSA, EC and OKP')
  if ('d' in jwk) return unusable('it is a private key')
  const members = publicMembers(jwk, names)
  if (members === undefined) return unusable(`it lacks one of ${names.join(', ')}`)
  const key = publicKey(members)
  if (key === undefined) return unusable('it is malformed')
  const weakness = weaknessOf(key)
  if (weakness !== undefined) return unusable(weakness)
  const fitting = algorithmsFor(members)
  if (fitting.length === 0) return ofNoUse('no signature is made with its curve here')
  if (alg !== undefined && (typeof alg !== 'string' || !fitting.includes(alg)))
    return unusable('its alg does not fit it')
  return {
    kid,
    key,
    algorithms: new Set(alg === undefined ? fitting : [alg]),
    thumbprint: createHash('sha256').update(JSON.stringify(members)).digest('base64url'),
    signatureBytes: rsaBits(key) && Math.ceil(rsaBits(key)! / 8),
  }
}

/** A secret that both sides know. */
export function readSecret(
  secret: Buffer,
  algorithms: readonly string[],
  kid?: string,
): VerificationKey {
  const key = createSecretKey(secret)
  const fitting = algorithms.filter((name) => secret.length >= ALGORITHMS.get(name)!.secretBytes)
  return { kid, key, algorithms: new Set(fitting), thumbprint: '', signatureBytes: undefined }
}

function unusable(why: string): Unusable {
  return { why, isOfNoUse: false }
}

function ofNoUse(why: string): Unusable {
  return { why, isOfNoUse: true }
}

function publicMembers(jwk: JsonObject, names: readonly string[]) {
  const members: Record<string, string> = {}
  for (const name of names) {
    const value = jwk[name]
    if (typeof value !== 'string' || value === '') return undefined
    members[name] = value
  }
  return members
}

function publicKey(members: Readonly<Record<string, string>>): KeyObject | undefined {
  try {
    return createPublicKey({ format: 'jwk', key: members })
  } catch {
    return undefined // also for points that are not on their curve
  }
}

function rsaBits(key: KeyObject): number | undefined {
  return key.asymmetricKeyDetails?.modulusLength
}

function weaknessOf(key: KeyObject): string | undefined {
  const bits = rsaBits(key)
  if (bits === undefined) return undefined
  if (bits < MIN_RSA_BITS) return `it has ${bits} bits; at least ${MIN_RSA_BITS} are wanted`
  if (bits > MAX_RSA_BITS) return `it has ${bits} bits; at most ${MAX_RSA_BITS} are wanted`
  const exponent = key.asymmetricKeyDetails!.publicExponent!
  if (exponent < 3n || exponent % 2n === 0n) return `its exponent is ${exponent}`
  return hasRocaForm(key) ? 'its private key can be found (ROCA, CVE-2017-15361)' : undefined
}

function algorithmsFor({ kty, crv }: Readonly<Record<string, string>>): string[] {
  return [...ALGORITHMS.values()]
    .filter(({ family, curves }) =>
      kty === 'RSA' ? family === 'rsa' || family === 'pss' : curves.includes(crv!),
    )
    .map(({ name }) => name)
}
