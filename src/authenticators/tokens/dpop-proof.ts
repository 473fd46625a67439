/** A DPoP proof (RFC 9449 §4.3): that whoever sends this very request has the key that its token is bound to. */

import { type InboundRequest, normalizePath } from '#sdk/index'
import { readJws, typeIn } from './compact-jws.ts'
import { readJsonObject } from './json-object.ts'
import { isSignedBy } from './signature.ts'
import { readJwk } from './verification-key.ts'

const MAX_PROOF_CHARACTERS = 8_192
const MAX_JTI_CHARACTERS = 256
/** How old a proof may be, and how far ahead of ours a client's clock. */
const MAX_AGE_MS = 60_000
const MAX_AHEAD_MS = 10_000
/** So long must a proof be remembered: then it is too old anyway. */
export const PROOF_LIFE_MS = MAX_AGE_MS + MAX_AHEAD_MS

export interface ProofOf {
  readonly request: InboundRequest
  /** The key it must be signed with. */
  readonly keyThumbprint: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  /** By the wall clock. */
  readonly nowMs: number
}

export interface Proof {
  /** Tells it from every other of its key. */
  readonly jti: string
}

/** Or what is wrong with it. Whether it was used before is another question. */
export function readProof(text: string, of: ProofOf): Proof | string {
  if (text.length > MAX_PROOF_CHARACTERS) return 'the proof is longer than accepted'
  const jws = readJws(text, { bringsKey: true })
  if (typeof jws === 'string') return `the proof is malformed: ${jws}`
  if (typeIn(jws.header) !== 'dpop+jwt') return 'the typ of the proof is not dpop+jwt'
  const key = readJwk(jws.header['jwk'])
  if ('why' in key) return `the jwk of the proof cannot be used: ${key.why}`
  if (key.thumbprint !== of.keyThumbprint) return 'the proof is of another key than the token'
  if (!isSignedBy(key, jws.algorithm, jws.signed, jws.signature))
    return 'the signature of the proof does not hold'
  const { htm, htu, iat, ath, jti } = readJsonObject(jws.payload) ?? {}
  if (htm !== of.request.method) return 'the proof is for another method'
  if (typeof htu !== 'string' || addressIn(htu) !== addressOf(of.request))
    return 'the proof is for another address'
  if (ath !== of.tokenHash) return 'the proof is for another token'
  if (typeof iat !== 'number' || !(iat * 1e3 > of.nowMs - MAX_AGE_MS)) return 'the proof is too old'
  if (iat * 1e3 > of.nowMs + MAX_AHEAD_MS) return 'the proof is not valid yet'
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_CHARACTERS)
    return 'the proof has no jti'
  return { jti }
}

const ADDRESS = /^(https?):\/\/([^/?#@\\\s]+)(\/[^?#]*)?(?:[?#]|$)/i

/** One spelling for one address, without query and fragment; undefined for what is none. */
function addressIn(htu: string): string | undefined {
  const [, scheme, authority, path = '/'] = ADDRESS.exec(htu) ?? []
  const normal = normalizePath(path)
  return normal === undefined || scheme === undefined
    ? undefined
    : spelled(scheme.toLowerCase(), authority!.toLowerCase(), normal)
}

/** As the client sees it. */
function addressOf({ scheme, authority, pathPrefix, path }: InboundRequest): string {
  return spelled(scheme, authority, pathPrefix + path)
}

function spelled(scheme: string, authority: string, path: string): string {
  const host = authority.replace(scheme === 'https' ? /:443$/ : /:80$/, '')
  return `${scheme}://${host}${path.replace(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())}`
}
