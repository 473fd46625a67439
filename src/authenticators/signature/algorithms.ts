/** Algorithms of message signatures (RFC 9421 §3.3), and what each asks of its key. */

import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto'

interface Algorithm {
  /** What is wrong with this key for it; undefined when nothing is. */
  readonly flawOf: (key: KeyObject) => string | undefined
  readonly verifies: (key: KeyObject, signed: Buffer, signature: Buffer) => boolean
}

const MIN_RSA_BITS = 2_048
const MIN_SECRET_BYTES = 32
/** Of the salt (§3.3.1). */
const PSS_SALT_BYTES = 64

const ofType =
  (...types: readonly string[]) =>
  (key: KeyObject): string | undefined =>
    types.includes(key.asymmetricKeyType ?? '') ? undefined : `it is no public key of ${types[0]}`

function rsaFlaw(key: KeyObject): string | undefined {
  const flaw = ofType('rsa', 'rsa-pss')(key)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return (
    flaw ?? (bits < MIN_RSA_BITS ? `it has ${bits} bits, of at least ${MIN_RSA_BITS}` : undefined)
  )
}

function ecdsa(hash: string, curve: string, bytes: number): Algorithm {
  return {
    flawOf: (key) =>
      key.asymmetricKeyDetails?.namedCurve === curve
        ? undefined
        : `it is no public key on ${curve}`,
    verifies: (key, signed, signature) =>
      signature.length === bytes &&
      verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature),
  }
}

export const ALGORITHMS = {
  'rsa-pss-sha512': {
    flawOf: rsaFlaw,
    verifies: (key, signed, signature) =>
      verify(
        'sha512',
        signed,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES },
        signature,
      ),
  },
  'rsa-v1_5-sha256': {
    flawOf: (key) => ofType('rsa')(key) ?? rsaFlaw(key),
    verifies: (key, signed, signature) =>
      verify('sha256', signed, { key, padding: constants.RSA_PKCS1_PADDING }, signature),
  },
  'hmac-sha256': {
    flawOf: (key) =>
      (key.symmetricKeySize ?? 0) < MIN_SECRET_BYTES
        ? `it is no secret of at least ${MIN_SECRET_BYTES} bytes`
        : undefined,
    verifies: (key, signed, signature) => {
      const ours = createHmac('sha256', key).update(signed).digest()
      return ours.length === signature.length && timingSafeEqual(ours, signature)
    },
  },
  'ecdsa-p256-sha256': ecdsa('sha256', 'prime256v1', 64),
  'ecdsa-p384-sha384': ecdsa('sha384', 'secp384r1', 96),
  ed25519: {
    flawOf: ofType('ed25519'),
    verifies: (key, signed, signature) => verify(null, signed, key, signature),
  },
} satisfies Record<string, Algorithm>

export type AlgorithmName = keyof typeof ALGORITHMS

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as AlgorithmName[]
