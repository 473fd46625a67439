/** What `oidc` takes. */

import { claimExpression, normalizePath, oneOrMore, someTime, z } from '#sdk/index'

const ISSUER =
  'expected the issuer as its tokens name it: https://…, or http:// on this machine or network, without "?" or "#"'

const issuer = z.string({ error: ISSUER }).refine(isIssuer, { error: ISSUER })

/** OpenID Connect Discovery §2: https, no query, no fragment. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) return false
  const { protocol, hostname, username } = new URL(text)
  if (username !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isNear(hostname))
}

/** What is said in clear text must not leave the machine, or the network of a composition of containers. */
function isNear(host: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?localhost|[^.:]+)$/.test(host)
}

const PATH = 'expected a path without parameters, such as /login/callback'
const path = () =>
  z
    .string({ error: PATH })
    .refine((text) => !/[?#{}*]/.test(text) && normalizePath(text) === text, { error: PATH })

const AFTER = 'expected a path, or a URL of http(s)'
const isPlace = (text: string): boolean =>
  /^\/(?![/\\])/.test(text) || (/^https?:\/\//.test(text) && URL.canParse(text))

/** Less is guessed in time. */
const MIN_SECRET_CHARACTERS = 32
const secret = z
  .string()
  .min(MIN_SECRET_CHARACTERS, { error: `expected at least ${MIN_SECRET_CHARACTERS} characters` })

export const options = z.strictObject({
  issuer: issuer.describe(
    'Who logs people in: found out about at /.well-known/openid-configuration',
  ),
  clientId: z.string().min(1).describe('What the issuer calls this gateway'),
  clientSecret: z
    .string()
    .min(1)
    .optional()
    .describe('What the gateway proves that with; without it, it is a public client'),
  scopes: oneOrMore(z.string().regex(/^[!#-[\]-~]+$/, { error: 'expected a scope' }))
    .prefault(['openid', 'profile', 'email'])
    .refine((list) => list.includes('openid'), {
      error: 'expected "openid" among them: without it nobody says who logged in',
    })
    .describe('What is asked for: openid, profile and email, unless said'),
  session: someTime().prefault('8h').describe('How long a login holds at most (8h)'),
  paths: z
    .strictObject({
      callback: path().default('/login/callback').describe('Where the issuer sends people back to'),
      logout: path().default('/logout').describe('Where people log out'),
      afterLogout: z
        .string()
        .refine(isPlace, { error: AFTER })
        .optional()
        .describe('Where they go then; the issuer must know it'),
    })
    .refine(({ callback, logout }) => callback !== logout, {
      path: ['logout'],
      error: 'expected another path than that of the callback',
    })
    .prefault({}),
  cookie: z
    .string()
    .regex(/^[\w.-]{1,60}$/, { error: 'expected a name of letters, digits, ".", "_" and "-"' })
    .optional()
    .describe('What the session’s cookie is called; else by the authenticator: NAME-session'),
  sameSite: z
    .enum(['lax', 'strict'])
    .default('lax')
    .describe('strict: links from other sites arrive without the session'),
  secret: oneOrMore(secret)
    .optional()
    .describe(
      'What cookies are sealed with, the first; the others still open them. Without it, sessions end with the process',
    ),
  consumer: claimExpression().prefault('claims.sub').describe('Names the consumer (claims.sub)'),
  groups: claimExpression().optional().describe('Their groups, such as claims.roles'),
  redirect: z
    .enum(['auto', 'never'])
    .default('auto')
    .describe(
      'auto: pages in a browser are sent to log in, all else gets 401; never: all gets 401',
    ),
  timeout: someTime().prefault('5s').describe('How long the issuer may take to answer (5s)'),
})

export type Options = z.output<typeof options>
