/** Who logged in, as the issuer says it: OpenID Connect Core §3.1.3.7. */

import { readJws } from '../tokens/compact-jws.ts'
import { type JsonObject, readJsonObject } from '../tokens/json-object.ts'
import { readTimes, timeProblem } from '../tokens/times.ts'
import type { Issuer } from './issuer.ts'

/** Clocks differ. */
const SKEW_MS = 60_000

export interface Expected {
  readonly clientId: string
  /** What the login began with; undefined when it was not asked for anew. */
  readonly nonce: string | undefined
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** Or what is wrong with it. */
export async function readIdToken(
  token: string,
  issuer: Issuer,
  { clientId, nonce, nowMs }: Expected,
): Promise<JsonObject | string> {
  const jws = readJws(token)
  if (typeof jws === 'string') return jws
  if (jws.algorithm.family === 'hmac') return 'its algorithm is not accepted'
  const claims = readJsonObject(jws.payload)
  if (claims === undefined) return 'its claims are not a JSON object'
  const { iss, aud, azp, sub } = claims
  if (iss !== issuer.name) return 'it is of another issuer'
  const audience = Array.isArray(aud) ? (aud as unknown[]) : [aud]
  if (!audience.includes(clientId)) return 'it is for someone else'
  if (azp === undefined ? audience.length > 1 : azp !== clientId) return 'its azp is someone else'
  if (typeof sub !== 'string' || sub === '') return 'it has no sub'
  const times = readTimes(claims, { mustEnd: true })
  if (typeof times === 'string') return times
  const problem = timeProblem(times, nowMs, SKEW_MS)
  if (problem !== undefined) return problem
  if (nonce !== undefined && claims['nonce'] !== nonce) return 'its nonce is of another login'
  return (await issuer.hasSigned(jws)) ? claims : 'its signature is none of the issuer'
}

/** Of a token that was looked at before. */
export function claimsIn(token: string): JsonObject {
  const [, payload = ''] = token.split('.')
  return readJsonObject(Buffer.from(payload, 'base64url')) ?? {}
}
