/** A set of keys (RFC 7517 §5), and which of them may have signed a token. */

import type { Algorithm } from './algorithms.ts'
import type { CompactJws } from './compact-jws.ts'
import { isObject } from './json-object.ts'
import { isSignedBy } from './signature.ts'
import { readJwk, type Unusable, type VerificationKey } from './verification-key.ts'

/** More would make every token without a kid a burden. */
const MAX_KEYS = 100
/** So many are tried when a token does not say which. */
const MAX_TRIES = 5

export class KeySet {
  readonly keys: readonly VerificationKey[]
  /** Equal when the keys are. */
  readonly digest: string

  constructor(keys: readonly VerificationKey[]) {
    this.keys = keys
    this.digest = keys
      .map(({ kid, thumbprint, algorithms }) => JSON.stringify([kid, thumbprint, ...algorithms]))
      .toSorted()
      .join()
  }

  /** Whether one of them is called so. */
  knows(kid: string | undefined): boolean {
    return kid !== undefined && this.keys.some((key) => key.kid === kid)
  }

  hasSigned({ kid, algorithm, signed, signature }: CompactJws): boolean {
    return this.#candidates(kid, algorithm).some((key) =>
      isSignedBy(key, algorithm, signed, signature),
    )
  }

  /** A key without a name may have signed a token that names one. */
  #candidates(kid: string | undefined, { name }: Algorithm): readonly VerificationKey[] {
    const fitting = this.keys.filter(({ algorithms }) => algorithms.has(name))
    if (kid === undefined) return fitting.slice(0, MAX_TRIES)
    const called = fitting.filter((key) => key.kid === kid)
    return [...called, ...fitting.filter((key) => key.kid === undefined)].slice(0, MAX_TRIES)
  }
}

export interface ReadKeySet {
  readonly set: KeySet
  /** Keys that are left out: where they stand, and why. */
  readonly unusable: readonly (Unusable & { readonly index: number })[]
}

/** Or what is wrong with it. A set without a usable key is none. */
export function readKeySet(value: unknown): ReadKeySet | string {
  if (!isObject(value) || !Array.isArray(value['keys'])) return 'there is no list of keys in it'
  const jwks = value['keys'] as readonly unknown[]
  if (jwks.length > MAX_KEYS) return `it has more than ${MAX_KEYS} keys`
  const read = jwks.map((jwk, index) => Object.assign(readJwk(jwk), { index }))
  const good = read.filter((key) => 'key' in key)
  const doubtful = good.filter((key) => good.some((other) => areOneName(key, other)))
  const unusable = [
    ...read.filter((key) => 'why' in key),
    ...doubtful.map(({ index }) => ({ index, why: 'another has its kid', isOfNoUse: false })),
  ]
  const keys = good.filter(
    (key, place) =>
      !doubtful.includes(key) && good.findIndex((other) => areSame(key, other)) === place,
  )
  if (keys.length > 0) return { set: new KeySet(keys), unusable }
  const whys = unusable.map(({ index, why }) => `keys[${index}]: ${why}`)
  return `there is no usable key in it${whys.length === 0 ? '' : `: ${whys.join('; ')}`}`
}

/** Two keys that one kid and one algorithm could mean: readers would choose differently. */
function areOneName(a: VerificationKey, b: VerificationKey): boolean {
  return (
    a.kid !== undefined &&
    a.kid === b.kid &&
    a.thumbprint !== b.thumbprint &&
    [...a.algorithms].some((name) => b.algorithms.has(name))
  )
}

function areSame(a: VerificationKey, b: VerificationKey): boolean {
  return (
    a.kid === b.kid &&
    a.thumbprint === b.thumbprint &&
    [...a.algorithms].join() === [...b.algorithms].join()
  )
}
