/** Where an issuer says that its keys are: OpenID Connect Discovery 1.0, or RFC 8414. */

import type { Errands } from '#sdk/index'
import { issuerUrlProblem } from '../tokens/issuer-url.ts'
import { readJsonObject } from '../tokens/json-object.ts'

/** An answer of either kind comes within this, and is no larger. */
export const ISSUER_TIMEOUT_MS = 5_000
export const MAX_ISSUER_BYTES = 256 * 1_024

/** The URL of the keys; rejects with what is wrong. `maxAgeMs`: what was found so long ago will do. */
export async function discover(
  issuer: string,
  errands: Errands,
  maxAgeMs: number,
): Promise<string> {
  let status = 0
  for (const url of metadataUrls(issuer)) {
    const answer = await errands.run({
      url,
      headers: { accept: 'application/json' },
      timeoutMs: ISSUER_TIMEOUT_MS,
      maxBytes: MAX_ISSUER_BYTES,
      maxAgeMs,
    })
    status = answer.status
    if (status === 200) return jwksUriIn(answer.body, issuer)
    if (status < 400 || status >= 500) break // it may know the other way
  }
  throw new Error(`discovery was answered with ${status}`)
}

/** OpenID puts the known path behind the issuer's own, RFC 8414 before it. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

function jwksUriIn(body: string, issuer: string): string {
  const metadata = readJsonObject(Buffer.from(body))
  if (metadata === undefined) throw new Error('discovery was answered with what is not JSON')
  if (metadata['issuer'] !== issuer)
    throw new Error(`discovery was answered for another issuer than ${issuer}`)
  const { jwks_uri: url } = metadata
  if (typeof url !== 'string') throw new Error('discovery was answered without a jwks_uri')
  const problem = issuerUrlProblem(url)
  const isDowngrade = issuer.startsWith('https:') && !url.startsWith('https:')
  if (problem !== undefined || isDowngrade)
    throw new Error(`its jwks_uri cannot be used: ${problem ?? 'expected https'}`)
  return url
}
