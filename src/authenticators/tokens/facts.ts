/** What a good token says, as requests use it. */

import type { ClaimExpression } from '#sdk/index'
import { fromBase64url } from './base64url.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { readTimes, type Times } from './times.ts'

export interface Facts extends Times {
  readonly claims: JsonObject
  /** Undefined: it names nobody. */
  readonly name: string | undefined
  readonly groups: readonly string[]
  readonly scopes: readonly string[]
  /** For the log. */
  readonly credential: string
  /** What whoever shows it must prove to have; undefined: whoever has the token may use it. */
  readonly bound: Bound | undefined
}

/** RFC 7800: at least one of them. */
export interface Bound {
  /** Thumbprint of the key that signs DPoP proofs (RFC 9449 §6.1). */
  readonly keyThumbprint: string | undefined
  /** Of the client's certificate (RFC 8705 §3.1): SHA-256 of its DER form, in hex. */
  readonly certificate: string | undefined
}

export interface FactRules {
  readonly consumer: ClaimExpression
  readonly groups: ClaimExpression | undefined
  readonly issuer: string | undefined
  /** Undefined: whoever it is for. */
  readonly audience: readonly string[] | undefined
  /** Claims that must be there. */
  readonly require: readonly string[]
  readonly mustEnd: boolean
}

const MAX_NAME_CHARACTERS = 256
/** What a log or a header could read as something else. */
const NO_NAME = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** Or what is wrong with the claims. Whether they hold now is another question: see times. */
export function readFacts(claims: JsonObject, rules: FactRules): Facts | string {
  const times = readTimes(claims, rules)
  if (typeof times === 'string') return times
  const { iss, aud, sub, jti } = claims
  if (rules.issuer !== undefined && iss !== rules.issuer) return 'its issuer is not accepted'
  if (rules.audience !== undefined && !isFor(aud, rules.audience)) return 'it is for someone else'
  if (!rules.require.every((name) => Object.hasOwn(claims, name) && claims[name] !== null))
    return 'a claim that is required is missing'
  if (sub !== undefined && !isName(sub)) return 'its sub is malformed'
  const name = rules.consumer.of(claims)
  if (name !== undefined && !isName(name)) return 'what names the caller is malformed'
  const bound = readBound(claims['cnf'])
  if (typeof bound === 'string') return bound
  return {
    ...times,
    claims: Object.freeze(claims), // many requests see the same
    name,
    groups: rules.groups === undefined ? [] : words(rules.groups.of(claims)),
    scopes: words(claims['scope'] ?? claims['scp']),
    credential: isName(jti) ? jti : '',
    bound,
  }
}

/** Text that can stand in a log and name someone. */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_NAME_CHARACTERS &&
    value.isWellFormed() &&
    !NO_NAME.test(value)
  )
}

/** RFC 7519 §4.1.3. */
function isFor(aud: unknown, audience: readonly string[]): boolean {
  return Array.isArray(aud)
    ? aud.some((one) => audience.includes(one))
    : audience.includes(aud as string)
}

/** A list, or words with spaces between (RFC 6749 §3.3). What is no text in a list is no word. */
function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '')
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string' && word !== '') : []
}

function readBound(cnf: unknown): Bound | string | undefined {
  if (cnf === undefined) return undefined
  const { jkt, 'x5t#S256': x5t } = isObject(cnf) ? cnf : {}
  const certificate = typeof x5t === 'string' ? fromBase64url(x5t)?.toString('hex') : undefined
  const isMalformed =
    (jkt !== undefined && typeof jkt !== 'string') ||
    (x5t !== undefined && certificate?.length !== 64)
  if (isMalformed || (jkt === undefined && x5t === undefined))
    return 'it is bound in a way that cannot be checked here'
  return { keyThumbprint: jkt, certificate }
}
