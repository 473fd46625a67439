/** Tokens as issuers make them, and as forgers do: signed by keys made here, and sent in Authorization. */

import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { HeaderList } from '#http/header-list'
import { type Authenticator, Identity, Refusal } from '#sdk/authenticator'
import type { Exchange } from '#sdk/exchange'
import { type Asked, exchangeFor } from './exchange.ts'

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** As its issuer publishes it. */
  readonly jwk: Readonly<Record<string, unknown>>
}

type Json = Readonly<Record<string, unknown>>

export const ISSUER = 'https://iss.test'

const RSA = { modulusLength: 2048 }

export function makeKey(alg: string, kid: string): SigningKey {
  const { privateKey, publicKey } = pairFor(alg)
  return {
    kid,
    alg,
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg },
  }
}

function pairFor(alg: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  if (/^[RP]S/.test(alg)) return generateKeyPairSync('rsa', RSA)
  if (alg.startsWith('ES'))
    return generateKeyPairSync('ec', { namedCurve: `P-${alg === 'ES512' ? 521 : alg.slice(2)}` })
  return generateKeyPairSync('ed25519')
}

export const keySetOf = (...keys: readonly SigningKey[]): string =>
  JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })

export const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Good for five minutes, from the wall clock or another. */
export const claimsFor = (more: Json = {}, nowMs = Date.now()): Json => ({
  iss: ISSUER,
  aud: 'api',
  sub: 'anna',
  iat: Math.floor(nowMs / 1e3),
  exp: Math.floor(nowMs / 1e3) + 300,
  ...more,
})

/** `claims` and `header` may be a text, for what JSON.stringify would not write. */
export function signed(
  key: SigningKey,
  claims: Json | string = claimsFor(),
  header: Json = {},
): string {
  const input = `${part({ alg: key.alg, typ: 'JWT', kid: key.kid, ...header })}.${part(claims)}`
  return `${input}.${signatureOf(key, input).toString('base64url')}`
}

export function signatureOf({ alg, privateKey }: SigningKey, input: string): Buffer {
  const bytes = Buffer.from(input)
  if (alg === 'EdDSA') return sign(null, bytes, privateKey)
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('ES')) return sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const isPss = alg.startsWith('PS')
  return sign(hash, bytes, isPss ? { key: privateKey, padding: 6, saltLength: -1 } : privateKey)
}

/** By a secret, as HS256 and its kin are. */
export function macSigned(
  secret: string | Buffer,
  claims: Json | string = claimsFor(),
  header: Json = {},
): string {
  const input = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

/** What an authenticator says of a request: who calls, or why not, with `code challenge`; '' where nothing was shown. */
export async function verdictOn(
  authenticator: Authenticator,
  fields: readonly (readonly [name: string, value: string])[],
  asked: Asked = {},
  more: Partial<Exchange> = {},
): Promise<Identity | string> {
  const headers = new HeaderList(fields.flat())
  const ex = { ...exchangeFor({ ...asked, headers }), ...more }
  const verdict = await authenticator.authenticate(ex)
  if (verdict instanceof Identity) return verdict
  return verdict instanceof Refusal ? `${verdict.fault.code} ${verdict.challenge ?? ''}`.trim() : ''
}

export const bearer = (token: string): [[string, string]] => [['authorization', `Bearer ${token}`]]

/** RFC 7638. */
export function thumbprintOf({ publicKey }: SigningKey): string {
  const { crv, e, kty, n, x, y } = publicKey.export({ format: 'jwk' })
  const members = JSON.stringify({ crv, e, kty, n, x, y }) // in the order of their names; absent ones leave no trace
  return createHash('sha256').update(members).digest('base64url')
}

/** A DPoP proof (RFC 9449 §4.2) for a request with this token. */
export function proofFor(key: SigningKey, token: string, claims: Json, header: Json = {}): string {
  return signed(
    key,
    {
      iat: Math.floor(Date.now() / 1e3),
      jti: randomUUID(),
      ath: createHash('sha256').update(token).digest('base64url'),
      ...claims,
    },
    { typ: 'dpop+jwt', kid: undefined, jwk: key.publicKey.export({ format: 'jwk' }), ...header },
  )
}
