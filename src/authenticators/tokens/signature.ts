/** Whether a signature holds: by one algorithm and one key that is for it, and at exactly the length it must have. */

import { constants, createHmac, timingSafeEqual, verify } from 'node:crypto'
import type { Algorithm } from './algorithms.ts'
import type { VerificationKey } from './verification-key.ts'

/** Of r and s together (RFC 7518 §3.4). */
const EC_BYTES: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132 }

export function isSignedBy(
  { key, algorithms, signatureBytes }: VerificationKey,
  { name, family, hash }: Algorithm,
  signed: Buffer,
  signature: Buffer,
): boolean {
  if (!algorithms.has(name)) return false
  switch (family) {
    case 'rsa':
      return (
        signature.length === signatureBytes &&
        verify(hash, signed, { key, padding: constants.RSA_PKCS1_PADDING }, signature)
      )
    case 'pss':
      return (
        signature.length === signatureBytes &&
        verify(
          hash,
          signed,
          {
            key,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          },
          signature,
        )
      )
    case 'ec':
      return (
        signature.length === EC_BYTES[name] &&
        verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
      )
    case 'ed':
      return verify(null, signed, key, signature)
    case 'hmac': {
      const ours = createHmac(hash!, key).update(signed).digest()
      return signature.length === ours.length && timingSafeEqual(ours, signature)
    }
  }
}
