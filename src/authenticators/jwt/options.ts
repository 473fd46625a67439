/** `jwt`: its options, and what is wrong with them. */

import { byteSize, duration, oneOrMore, z } from '#sdk/index'
import { ALGORITHMS, PUBLIC_KEY_ALGORITHMS } from '../tokens/algorithms.ts'
import { claimOptions } from '../tokens/claim-options.ts'
import { issuerUrlProblem } from '../tokens/issuer-url.ts'
import { readKeySet, type ReadKeySet } from '../tokens/key-set.ts'

const MAX_SKEW_MS = 60_000
const MAX_TOKEN_BYTES = 65_536

const NAMES = [...ALGORITHMS.keys()] as [string, ...string[]]

export const options = z.strictObject({
  issuer: z.string().min(1).describe('What `iss` must be, to the letter; where the keys are found'),
  audience: z
    .union([z.literal(false), oneOrMore(z.string().min(1))], {
      error: 'expected whom tokens must be for: one or more texts; or false, for tokens of anyone',
    })
    .describe('One of these must be in `aud`; false: tokens for others will do'),
  algorithms: oneOrMore(z.enum(NAMES))
    .optional()
    .describe('What tokens may be signed with: all for public keys; HS256 with a secret'),
  jwks: z
    .union([z.string().min(1), z.looseObject({ keys: z.array(z.unknown()) })])
    .optional()
    .describe(
      'The keys: a URL, a file or { keys: […] }; without it the issuer says where they are',
    ),
  secret: z
    .string()
    .optional()
    .describe(
      'In place of keys, for HS256, HS384 and HS512: a secret of at least 32, 48, 64 bytes',
    ),
  clockSkew: duration()
    .refine((ms) => ms <= MAX_SKEW_MS, { error: 'expected at most 60s' })
    .prefault('5s')
    .describe('How far clocks may differ'),
  typ: oneOrMore(z.string().min(1))
    .optional()
    .describe('What `typ` must be; without it JWT, at+jwt and none are accepted'),
  require: oneOrMore(z.string().min(1)).optional().describe('Claims that must be there'),
  maxBytes: byteSize()
    .refine((bytes) => bytes > 0 && bytes <= MAX_TOKEN_BYTES, { error: 'expected at most 64KiB' })
    .prefault('8KiB')
    .describe('Longest token'),
  ...claimOptions,
})

export type JwtOptions = z.output<typeof options>

export function algorithmsOf({ algorithms, secret }: JwtOptions): readonly string[] {
  return algorithms ?? (secret === undefined ? PUBLIC_KEY_ALGORITHMS : ['HS256'])
}

export function isUrl(jwks: JwtOptions['jwks']): jwks is string {
  return typeof jwks === 'string' && /^https?:\/\//i.test(jwks)
}

/** Of a file's text, or of keys written in place; or what is wrong with them. */
export function readFixedKeys(jwks: Exclude<JwtOptions['jwks'], undefined>): ReadKeySet | string {
  if (typeof jwks !== 'string') return readKeySet(jwks)
  try {
    return readKeySet(JSON.parse(jwks))
  } catch {
    return 'it is not JSON'
  }
}

interface Problem {
  readonly at: string
  readonly message: string
}

export function problemsOf(read: JwtOptions): readonly Problem[] {
  const { issuer, jwks, secret } = read
  const problems: Problem[] = []
  const complain = (at: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ at, message })
  }
  if (secret !== undefined && jwks !== undefined)
    complain('jwks', 'expected either a secret or jwks, not both')
  for (const name of algorithmsOf(read)) {
    const { family, secretBytes } = ALGORITHMS.get(name)!
    const bytes = Buffer.byteLength(secret ?? '')
    if ((family === 'hmac') !== (secret !== undefined))
      complain(
        'algorithms',
        family === 'hmac' ? `${name} needs a secret` : `${name} needs keys, and there is a secret`,
      )
    else if (bytes < secretBytes)
      complain('secret', `found ${bytes} bytes, expected at least ${secretBytes} for ${name}`)
  }
  if (secret !== undefined) return problems
  if (jwks === undefined) complain('issuer', discoveryProblem(issuer))
  else if (isUrl(jwks)) complain('jwks', issuerUrlProblem(jwks))
  else for (const message of keyProblems(jwks, algorithmsOf(read))) complain('jwks', message)
  return problems
}

function discoveryProblem(issuer: string): string | undefined {
  const problem = issuerUrlProblem(issuer)
  return problem === undefined && issuer.includes('?')
    ? `found ${issuer}, expected an https URL without "?"`
    : problem && `${problem}, or jwks: where its keys are`
}

function keyProblems(
  jwks: Exclude<JwtOptions['jwks'], undefined>,
  algorithms: readonly string[],
): string[] {
  const read = readFixedKeys(jwks)
  if (typeof read === 'string') return [`expected a set of keys (RFC 7517): ${read}`]
  const wrong = read.unusable
    .filter(({ isOfNoUse }) => !isOfNoUse)
    .map(({ index, why }) => `keys[${index}] cannot be used: ${why}`)
  const fits = read.set.keys.some((key) => algorithms.some((name) => key.algorithms.has(name)))
  return fits ? wrong : [...wrong, `no key in it is for ${algorithms.join(', ')}`]
}
