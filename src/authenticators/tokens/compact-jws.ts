/** A signed token in its compact form (RFC 7515 §7.1), taken apart; nothing of it is believed yet. */

import { type Algorithm, ALGORITHMS } from './algorithms.ts'
import { fromBase64url } from './base64url.ts'
import { type JsonObject, readJsonObject } from './json-object.ts'

export interface CompactJws {
  readonly header: JsonObject
  readonly algorithm: Algorithm
  readonly kid: string | undefined
  readonly payload: Buffer
  /** What the signature is over. */
  readonly signed: Buffer
  readonly signature: Buffer
  /** Of all of it. */
  readonly characters: number
}

/** Ways for a token to bring its own key along (RFC 8725 §3.10), or to be read in another way than this one. */
const NO_PLACE = ['crit', 'b64', 'jku', 'x5u', 'x5c', 'zip']

/** Or what is wrong with it, in words for whoever sent it. `bringsKey`: its `jwk` is what it is about, and must be there. */
export function readJws(token: string, { bringsKey = false } = {}): CompactJws | string {
  const [first, last] = [token.indexOf('.'), token.lastIndexOf('.')]
  if (first < 1 || last === first || token.indexOf('.', first + 1) !== last)
    return 'it is not a signed JWT'
  const headerBytes = fromBase64url(token.slice(0, first))
  const payload = fromBase64url(token.slice(first + 1, last))
  const signature = fromBase64url(token.slice(last + 1))
  if (headerBytes === undefined || payload === undefined || signature === undefined)
    return 'it is not base64url'
  const header = readJsonObject(headerBytes)
  if (header === undefined) return 'its header is not a JSON object'
  const algorithm = typeof header['alg'] === 'string' ? ALGORITHMS.get(header['alg']) : undefined
  if (algorithm === undefined) return 'its algorithm is not accepted'
  const stranger = NO_PLACE.find((name) => Object.hasOwn(header, name))
  if (stranger !== undefined) return `its header has ${stranger}, which is not accepted`
  if (Object.hasOwn(header, 'jwk') !== bringsKey)
    return bringsKey ? 'its header has no jwk' : 'its header has jwk, which is not accepted'
  const { kid } = header
  if (kid !== undefined && typeof kid !== 'string') return 'its kid is not a string'
  const signed = Buffer.from(token.slice(0, last), 'latin1')
  return { header, algorithm, kid, payload, signed, signature, characters: token.length }
}

/** The media type that a header's `typ` names (RFC 7515 §4.1.9), in small letters; undefined without one. */
export function typeIn({ typ }: JsonObject): string | undefined {
  if (typ === undefined) return undefined
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
}
