/** `introspection`: its options. */

import { byteSize, duration, normalizePath, oneOrMore, someTime, z } from '#sdk/index'
import { claimOptions } from '../tokens/claim-options.ts'
import { issuerUrlProblem } from '../tokens/issuer-url.ts'

/** However long a token lives: so long may it be good here after it was revoked. */
const MAX_CACHE_MS = 60_000
const MAX_TOKEN_BYTES = 65_536

export const options = z.strictObject({
  url: z.string().describe('Who is asked: the introspection endpoint (RFC 7662)'),
  clientId: z.string().min(1).describe('What the gateway is called there'),
  clientSecret: z.string().min(1).describe('Its secret there, told by HTTP Basic'),
  cache: duration()
    .refine((ms) => ms <= MAX_CACHE_MS, { error: 'expected at most 60s' })
    .prefault('60s')
    .describe('How long an answer holds, and never beyond the token’s own end; 0s: not at all'),
  issuer: z.string().min(1).optional().describe('What `iss` must be, to the letter'),
  audience: oneOrMore(z.string().min(1)).optional().describe('One of these must be in `aud`'),
  timeout: someTime().prefault('5s').describe('Until the answer is here'),
  maxBytes: byteSize()
    .refine((bytes) => bytes > 0 && bytes <= MAX_TOKEN_BYTES, { error: 'expected at most 64KiB' })
    .prefault('8KiB')
    .describe('Longest token'),
  ...claimOptions,
})

export type IntrospectionOptions = z.output<typeof options>

export function problemsOf({ url }: IntrospectionOptions) {
  const message = issuerUrlProblem(url)
  if (message !== undefined) return [{ at: 'url', message }]
  const isPlain = normalizePath(new URL(url).pathname) !== undefined
  return isPlain ? [] : [{ at: 'url', message: `found ${url}, expected a plain path in it` }]
}
