/** A logout: the session is taken back, and the browser sent to the issuer to end what it has there. */

import { type Exchange, Fault, HeaderList, Reply } from '#sdk/index'
import type { LoginCookies } from './cookies.ts'
import type { Issuer } from './issuer.ts'
import { siteOf } from './login.ts'
import type { Options } from './options.ts'

/** `idToken`: of the session there is; undefined when there is none. */
export async function logOut(
  ex: Exchange,
  idToken: string | undefined,
  options: Options,
  issuer: Issuer,
  cookies: LoginCookies,
): Promise<Reply> {
  if (!isOwnWish(ex)) throw new Fault('CROSS_SITE')
  const headers = new HeaderList(['cache-control', 'no-store'])
  cookies.dropSession(headers, ex)
  const place = await placeAfter(ex, idToken, options, issuer)
  if (place !== undefined) {
    headers.add('location', place)
    return new Reply(303, headers)
  }
  headers.add('content-type', 'text/plain; charset=utf-8')
  return new Reply(200, headers, 'You are logged out.\n')
}

/** A page of another site may not end someone's session: neither by a form nor by an image. */
function isOwnWish({ request }: Exchange): boolean {
  const { headers, scheme, authority } = request
  const site = headers.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'same-site' || site === 'none'
  const origin = headers.get('origin')
  return origin === undefined || origin === `${scheme}://${authority}`
}

/** OpenID Connect RP-Initiated Logout §2. */
async function placeAfter(
  ex: Exchange,
  idToken: string | undefined,
  { clientId, paths }: Options,
  issuer: Issuer,
): Promise<string | undefined> {
  const after = paths.afterLogout?.startsWith('/')
    ? siteOf(ex) + paths.afterLogout
    : paths.afterLogout
  const metadata = await issuer.metadata().catch(() => undefined) // it being down keeps nobody logged in
  if (metadata?.endSessionEndpoint === undefined) return after
  const url = new URL(metadata.endSessionEndpoint)
  url.searchParams.set('client_id', clientId)
  if (idToken !== undefined) url.searchParams.set('id_token_hint', idToken)
  if (after !== undefined) url.searchParams.set('post_logout_redirect_uri', after)
  return url.href
}
