/** Whether whoever shows a bound token is who it was given to: by a DPoP proof (RFC 9449), by a certificate (RFC 8705). */

import { hash } from 'node:crypto'
import type { AuthenticatorHost, Exchange, Refusal } from '#sdk/index'
import { PROOF_LIFE_MS, readProof } from './dpop-proof.ts'
import type { Bound } from './facts.ts'
import { refuseToken } from './refusals.ts'
import type { Scheme } from './shown-token.ts'

/** Undefined: nothing is wrong. */
type Answer = Refusal | undefined

/** `tokenHash`: SHA-256, base64url. */
export function checkPossession(
  ex: Exchange,
  bound: Bound | undefined,
  scheme: Scheme,
  tokenHash: string,
  host: Pick<AuthenticatorHost, 'clock' | 'isFirst'>,
): Answer | Promise<Answer> {
  const { keyThumbprint, certificate } = bound ?? {}
  if (certificate !== undefined && ex.client.certificate?.fingerprint !== certificate)
    return refuseToken('invalid_token', 'it is bound to another certificate', scheme)
  if ((keyThumbprint !== undefined) !== (scheme === 'DPoP')) {
    // RFC 9449 §7.1, §7.2: neither may stand for the other, or a stolen token would need no proof.
    const why =
      scheme === 'DPoP' ? 'it is not bound to a key' : 'it is bound to a key: the scheme is DPoP'
    return refuseToken('invalid_token', why, keyThumbprint === undefined ? 'Bearer' : 'DPoP')
  }
  if (keyThumbprint === undefined) return undefined
  const proofs = ex.request.headers.all('dpop')
  if (proofs.length !== 1) return badProof('exactly one DPoP field is wanted')
  const nowMs = host.clock.wall()
  const proof = readProof(proofs[0]!, { request: ex.request, keyThumbprint, tokenHash, nowMs })
  if (typeof proof === 'string') return badProof(proof)
  return isNew(`${keyThumbprint}.${proof.jti}`, host)
}

async function isNew(word: string, host: Pick<AuthenticatorHost, 'isFirst'>): Promise<Answer> {
  const isFirst = await host.isFirst(`dpop ${hash('sha256', word, 'base64url')}`, PROOF_LIFE_MS)
  return isFirst ? undefined : badProof('the proof was used before')
}

function badProof(why: string): Refusal {
  return refuseToken('invalid_dpop_proof', why, 'DPoP')
}
