/** A login: sends the browser to the issuer, and takes it back: authorization code with PKCE (RFC 6749 §4.1, RFC 7636). */

import { hash, randomBytes } from 'node:crypto'
import {
  type AuthenticatorHost,
  type Exchange,
  Fault,
  HeaderList,
  Reply,
  replyToFault,
  toFault,
} from '#sdk/index'
import type { LoginCookies } from './cookies.ts'
import { readIdToken } from './id-token.ts'
import { type Issuer, wordOf } from './issuer.ts'
import type { Options } from './options.ts'
import type { Seal } from './seal.ts'
import { type Session, sessionOf } from './session.ts'

/** What is remembered meanwhile, by the browser that logs in. */
interface Login {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly redirectUri: string
  /** The page that was asked for. */
  readonly page: string
  readonly untilMs: number
}

/** How long someone may take to log in. */
const LOGIN_MS = 15 * 60_000
/** Of the page's address: with all the rest it must fit into a cookie. */
const MAX_PAGE = 1_500
/** Milliseconds since 1970 in base 36, and chance. */
const ID = /^([0-9a-z]{9}-[0-9a-f]{12})\./

export class Logins {
  readonly #options: Options
  readonly #host: AuthenticatorHost
  readonly #issuer: Issuer
  readonly #cookies: LoginCookies
  readonly #seal: Seal
  readonly #forWhat: string

  constructor(
    options: Options,
    host: AuthenticatorHost,
    issuer: Issuer,
    cookies: LoginCookies,
    seal: Seal,
  ) {
    this.#options = options
    this.#host = host
    this.#issuer = issuer
    this.#cookies = cookies
    this.#seal = seal
    this.#forWhat = JSON.stringify(['login', host.name, host.stage])
  }

  async begin(ex: Exchange): Promise<Reply> {
    const { authorizationEndpoint } = await this.#issuer.metadata()
    const nowMs = this.#host.clock.wall()
    const id = `${nowMs.toString(36).padStart(9, '0')}-${randomBytes(6).toString('hex')}`
    const login: Login = {
      state: `${id}.${random()}`,
      nonce: random(),
      verifier: random(),
      redirectUri: siteOf(ex) + this.#options.paths.callback,
      page: pageOf(ex),
      untilMs: nowMs + LOGIN_MS,
    }
    const url = new URL(authorizationEndpoint)
    const asked = {
      response_type: 'code',
      client_id: this.#options.clientId,
      redirect_uri: login.redirectUri,
      scope: this.#options.scopes.join(' '),
      state: login.state,
      nonce: login.nonce,
      code_challenge: hash('sha256', login.verifier, 'base64url'),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
    const headers = new HeaderList(['location', url.href, 'cache-control', 'no-store'])
    const sealed = this.#seal.close(JSON.stringify(login), this.#forWhat)
    this.#cookies.keepLogin(headers, ex, id, sealed, LOGIN_MS)
    return new Reply(302, headers)
  }

  /** `keep`: gives the browser its session; false when that is too long. */
  async finish(
    ex: Exchange,
    keep: (headers: HeaderList, session: Session) => boolean,
  ): Promise<Reply> {
    const query = new URLSearchParams(ex.request.query)
    const headers = new HeaderList(['cache-control', 'no-store', 'referrer-policy', 'no-referrer'])
    try {
      const { id, login } = this.#remembered(ex, query)
      this.#cookies.dropLogin(headers, ex, id) // it is good once
      const session = await this.#sessionFor(query, login)
      if (!keep(headers, session))
        throw new Fault('AUTHENTICATOR_FAILED', 'what the issuer says is too long for cookies')
      return arriveAt(login.page, headers, this.#options.sameSite)
    } catch (thrown) {
      return replyToFault(toFault(thrown), headers)
    }
  }

  /** By the cookie of this very login: whoever else was made to come here with someone's code has none. */
  #remembered(ex: Exchange, query: URLSearchParams): { id: string; login: Login } {
    const state = only(query, 'state') ?? ''
    const id = ID.exec(state)?.[1]
    const sealed = id === undefined ? undefined : this.#cookies.login(ex, id)
    const text = sealed === undefined ? undefined : this.#seal.open(sealed, this.#forWhat)
    const login = text === undefined ? undefined : (JSON.parse(text) as Login)
    if (id === undefined || login?.state !== state)
      throw refused('no login of this browser has this state')
    if (login.untilMs <= this.#host.clock.wall()) throw refused('the login took too long')
    return { id, login }
  }

  async #sessionFor(query: URLSearchParams, login: Login): Promise<Session> {
    const { saysIss } = await this.#issuer.metadata()
    const iss = only(query, 'iss')
    if (iss === undefined ? saysIss || query.has('iss') : iss !== this.#issuer.name)
      throw refused('another issuer sent the browser back')
    if (query.has('error')) throw refused(`the issuer says ${wordOf(only(query, 'error'))}`)
    const code = only(query, 'code')
    if (code === undefined) throw refused('the browser came back without a code')
    const tokens = await this.#issuer.redeem(code, login.verifier, login.redirectUri)
    if (typeof tokens === 'string') throw refused(`the issuer says ${tokens} of the code`)
    const { idToken = '' } = tokens
    const nowMs = this.#host.clock.wall()
    const { clientId, session, scopes } = this.#options
    const claims = await readIdToken(idToken, this.#issuer, { clientId, nonce: login.nonce, nowMs })
    if (typeof claims === 'string') throw refused(`the ID token: ${claims}`)
    const endsMs = nowMs + session
    return sessionOf(tokens, { idToken, refreshToken: undefined, endsMs, scopes }, nowMs)
  }
}

function random(): string {
  return randomBytes(32).toString('base64url')
}

function refused(why: string): Fault {
  return new Fault('CREDENTIALS_REFUSED', why)
}

/** What stands there twice is read by each in another way. */
function only(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name)
  return values.length === 1 ? values[0] : undefined
}

/** As the browser sees it. */
export function siteOf({ request }: Exchange): string {
  return `${request.scheme}://${request.authority}${request.pathPrefix}`
}

/** An address of this very site: never of another, whatever the path looks like. */
function pageOf(ex: Exchange): string {
  const { path, query } = ex.request
  const page = siteOf(ex) + path
  if (page.length + query.length <= MAX_PAGE) return page + query
  return page.length <= MAX_PAGE ? page : `${siteOf(ex)}/`
}

/** A browser that came from another site brings no `Strict` cookie along when it is only sent on. */
function arriveAt(page: string, headers: HeaderList, sameSite: Options['sameSite']): Reply {
  if (sameSite === 'lax') {
    headers.add('location', page)
    return new Reply(303, headers)
  }
  headers.add('refresh', `0;url=${page}`)
  headers.add('content-type', 'text/plain; charset=utf-8')
  return new Reply(200, headers, 'You are logged in.\n')
}
