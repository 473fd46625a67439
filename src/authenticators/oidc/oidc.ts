/** Knows people by the session that their login left in a cookie, and sends browsers without one to log in. */

import {
  type Authenticator,
  type AuthenticatorHost,
  type Awaitable,
  type Carriers,
  type Exchange,
  Fault,
  HeaderList,
  Identity,
  type Reply,
  replyToFault,
  type Verdict,
} from '#sdk/index'
import { LoginCookies } from './cookies.ts'
import { claimsIn, readIdToken } from './id-token.ts'
import { Issuer, Known } from './issuer.ts'
import { Logins } from './login.ts'
import { logOut } from './logout.ts'
import { isNavigation } from './navigation.ts'
import type { Options } from './options.ts'
import { keyFrom, Seal } from './seal.ts'
import { readSession, type Session, sessionOf, writeSession } from './session.ts'

/** Of what sessions look like: another version opens none of the old ones. */
const FORM = 'session 1'
/** An issuer that did not answer is not asked again for so long, about sessions. */
const QUIET_MS = 10_000

export class Oidc implements Authenticator {
  readonly carriers: Carriers
  readonly challenge: string
  readonly #options: Options
  readonly #host: AuthenticatorHost
  readonly #known: Known
  readonly #issuer: Issuer
  readonly #cookies: LoginCookies
  readonly #seal: Seal
  readonly #logins: Logins
  readonly #forWhat: string

  constructor(options: Options, host: AuthenticatorHost) {
    this.#options = options
    this.#host = host
    this.#known = host.keep('issuer', () => new Known())
    this.#issuer = new Issuer(options, host, this.#known)
    const name = options.cookie ?? `${host.name}-session`
    this.#cookies = new LoginCookies(
      host.stage === '' ? name : `${name}-${host.stage}`,
      options.sameSite,
    )
    this.#forWhat = JSON.stringify([FORM, host.name, host.stage])
    const keys = options.secret?.map((secret) => keyFrom(secret, this.#forWhat))
    this.#seal = new Seal(keys ?? [host.processKey('login')])
    this.#logins = new Logins(options, host, this.#issuer, this.#cookies, this.#seal)
    this.carriers = { cookies: this.#cookies.names }
    this.challenge = `Cookie realm="${host.name}"`
  }

  authenticate(ex: Exchange): Awaitable<Verdict> {
    const session = this.#sessionIn(ex)
    if (session === undefined) return undefined
    const isDue = session.refreshToken !== undefined && session.dueMs <= this.#host.clock.wall()
    // The reply of a handshake gives no cookies: a refresh token that is good once would be lost.
    return isDue && ex.request.upgrade === undefined
      ? this.#renewed(ex, session)
      : this.#identityOf(session)
  }

  ask(ex: Exchange): Awaitable<Reply | undefined> {
    const mayRedirect = this.#options.redirect === 'auto' && isNavigation(ex)
    return mayRedirect ? this.#logins.begin(ex) : undefined
  }

  answer(ex: Exchange): Awaitable<Reply> {
    const { path, method } = ex.request
    const { callback, logout } = this.#options.paths
    const isLogout = path === logout
    if (method !== 'GET' && !(isLogout && method === 'POST')) {
      const allow = isLogout ? 'GET, POST' : 'GET'
      return replyToFault(new Fault('METHOD_NOT_ALLOWED'), new HeaderList(['allow', allow]))
    }
    if (isLogout) {
      const hint = this.#sessionIn(ex)?.idToken
      return logOut(ex, hint, this.#options, this.#issuer, this.#cookies)
    }
    if (path !== callback) throw new Fault('ROUTE_NOT_FOUND')
    return this.#logins.finish(ex, (headers, session) => this.#keep(headers, ex, session))
  }

  /** A cookie that does not open is no session: of another key, another stage, or forged. */
  #sessionIn(ex: Exchange): Session | undefined {
    const sealed = this.#cookies.session(ex)
    const text = sealed === undefined ? undefined : this.#seal.open(sealed, this.#forWhat)
    const session = text === undefined ? undefined : readSession(text)
    return session !== undefined && session.endsMs > this.#host.clock.wall() ? session : undefined
  }

  #keep(headers: HeaderList, ex: Exchange, session: Session): boolean {
    const sealed = this.#seal.close(writeSession(session), this.#forWhat)
    return this.#cookies.keepSession(headers, ex, sealed, session.endsMs - this.#host.clock.wall())
  }

  /** The issuer says whether it still holds; while it does not answer, what it said before does. */
  async #renewed(ex: Exchange, session: Session): Promise<Verdict> {
    const { clock, log, name } = this.#host
    if (clock.now() < this.#known.quietUntil) return this.#identityOf(session)
    try {
      const tokens = await this.#issuer.refresh(session.refreshToken!)
      if (tokens === 'invalid_grant') return undefined // the session is over
      if (typeof tokens === 'string') throw new Error(`the issuer says ${tokens}`)
      if (tokens.idToken !== undefined && !(await this.#isOfSamePerson(tokens.idToken, session)))
        return undefined
      const renewed = sessionOf(tokens, session, clock.wall())
      return this.#identityOf(renewed, ({ headers }) => {
        this.#keep(headers, ex, renewed)
        headers.set('cache-control', 'no-store') // a cache between would give the cookie to others (RFC 9111 §7.3)
      })
    } catch (thrown) {
      this.#known.quietUntil = clock.now() + QUIET_MS
      log.warn(`${name}: sessions cannot be renewed now`, { cause: String(thrown) })
      return this.#identityOf(session)
    }
  }

  async #isOfSamePerson(idToken: string, session: Session): Promise<boolean> {
    const { clientId } = this.#options
    const expected = { clientId, nonce: undefined, nowMs: this.#host.clock.wall() }
    const claims = await readIdToken(idToken, this.#issuer, expected)
    return typeof claims === 'object' && claims['sub'] === claimsIn(session.idToken)['sub']
  }

  #identityOf({ idToken, scopes }: Session, onReply?: (reply: Reply) => void): Identity {
    const claims = claimsIn(idToken)
    const name = this.#options.consumer.of(claims)
    const groups = this.#options.groups?.of(claims)
    const consumer =
      typeof name === 'string' && name !== ''
        ? this.#host.consumers.named(name, listOf(groups))
        : undefined
    return new Identity(consumer, { claims, scopes, onReply })
  }
}

/** A list, or words with spaces between. */
function listOf(groups: unknown): string[] {
  const list = typeof groups === 'string' ? groups.split(' ') : groups
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string' && one !== '') : []
}
