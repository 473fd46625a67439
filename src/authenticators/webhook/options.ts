/** What `webhook` takes. */

import { headerName, oneOrMore, someTime, z } from '#sdk/index'

const MIN_SECRET_BYTES = 16
/** Standard Webhooks, "Signature scheme". */
const MIN_STANDARD_BYTES = 24
const STANDARD_SECRET =
  /^(?:whsec_)?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/

const secret = z.string().refine((text) => Buffer.byteLength(text) >= MIN_SECRET_BYTES, {
  error: `expected at least ${MIN_SECRET_BYTES} characters`,
})

const members = z.strictObject({
  scheme: z
    .enum(['github', 'stripe', 'slack', 'standard'])
    .optional()
    .describe('Whose way to sign; standard is Standard Webhooks'),
  header: headerName()
    .optional()
    .describe('The field with the signature, where it is nobody’s way'),
  algorithm: z
    .enum(['sha1', 'sha256', 'sha384', 'sha512'])
    .optional()
    .describe('The HMAC’s hash (sha256)'),
  encoding: z.enum(['hex', 'base64']).optional().describe('How the signature is written (hex)'),
  prefix: z.string().optional().describe('What stands before it in the field, such as sha256='),
  timestamp: headerName()
    .optional()
    .describe('The field with the time of signing, in seconds since 1970'),
  signed: z
    .string()
    .optional()
    .describe('What is signed: {body}, and {timestamp} where there is one ({timestamp}.{body})'),
  secret: oneOrMore(secret)
    .refine((list) => list.length <= 4, { error: 'expected at most 4 secrets' })
    .describe('What the sender signs with; the one from before beside it while it changes'),
  tolerance: someTime()
    .optional()
    .describe('How far the time of signing may be from now (5m), where the scheme tells it'),
  consumer: z
    .string()
    .min(1)
    .optional()
    .describe('The consumer that the sender is; else the authenticator’s name'),
})

const OWN = ['algorithm', 'encoding', 'prefix', 'timestamp', 'signed'] as const

export const options = members
  .superRefine((given, check) => {
    if (check.issues.length > 0) return
    const complain = (path: keyof typeof given, message: string): void =>
      check.addIssue({ code: 'custom', path: [path], message })
    if ((given.scheme === undefined) === (given.header === undefined)) {
      check.addIssue('expected either "scheme", or "header" and how it is signed')
      return
    }
    if (given.scheme !== undefined)
      for (const name of OWN)
        if (given[name] !== undefined)
          complain(name, 'expected nothing here: the scheme says how it is signed')
    const hasTime =
      given.scheme === undefined ? given.timestamp !== undefined : given.scheme !== 'github'
    if (given.tolerance !== undefined && !hasTime)
      complain('tolerance', 'expected nothing here: nothing says when it was signed')
    if (given.signed !== undefined) {
      if (given.signed.split('{body}').length !== 2)
        complain('signed', 'expected {body} in it, once')
      else if (given.signed.includes('{timestamp}') !== (given.timestamp !== undefined))
        complain(
          'signed',
          'expected {timestamp} in it where "timestamp" names its field, and only there',
        )
    }
    if (given.scheme === 'standard' && !given.secret.every(isStandardSecret))
      complain('secret', `expected whsec_ and at least ${MIN_STANDARD_BYTES} bytes in base64`)
  })
  .transform(({ algorithm = 'sha256', encoding = 'hex', prefix = '', ...given }) => ({
    ...given,
    algorithm,
    encoding,
    prefix,
    signed: given.signed ?? (given.timestamp === undefined ? '{body}' : '{timestamp}.{body}'),
    tolerance: given.tolerance ?? 300_000,
  }))

export type Options = z.output<typeof options>

function isStandardSecret(text: string): boolean {
  const written = STANDARD_SECRET.exec(text)?.[1]
  return written !== undefined && Buffer.from(written, 'base64').length >= MIN_STANDARD_BYTES
}
