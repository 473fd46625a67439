/** A browser that logs in by `oidc`, and an issuer that says whatever the test wants. */

import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import type { Errand } from '#sdk/errands'
import { type Exchange, HeaderList, Identity, type Reply } from '#sdk/index'
import { fakeAuthenticatorHost } from './authenticator-host.ts'
import { exchangeFor } from './exchange.ts'
import { oidc } from '../../src/authenticators/oidc/authenticator.ts'

export const ISSUER = 'https://id.test'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/auth?tenant=1`,
  token_endpoint: `${ISSUER}/token`,
  jwks_uri: `${ISSUER}/jwks`,
  end_session_endpoint: `${ISSUER}/end`,
}
const JWKS = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' }] }

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export function signed(
  claims: object,
  key = privateKey,
  header: object = { alg: 'ES256', kid: 'k' },
): string {
  const text = `${part(header)}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

interface Scene {
  readonly options?: object
  readonly name?: string
  readonly stage?: string
  readonly metadata?: object
  /** What the token endpoint says, of this form. */
  readonly tokens?: (form: Readonly<Record<string, string>>, nonce: string) => object | number
  readonly claims?: object
}

/** A browser, and the gateway it talks to. */
export class LoginBrowser {
  readonly jar = new Map<string, string>()
  readonly host
  readonly #authenticator
  nonce = ''
  scheme: 'http' | 'https' = 'https'

  constructor(scene: Scene = {}) {
    const { claims = {}, tokens } = scene
    this.host = fakeAuthenticatorHost({
      ...scene,
      errand: (errand: Errand) => {
        if (errand.url.endsWith('/jwks')) return { body: JSON.stringify(JWKS) }
        if (errand.form === undefined)
          return { body: JSON.stringify({ ...METADATA, ...scene.metadata }) }
        const said = tokens?.(errand.form, this.nonce) ?? {
          id_token: this.idToken(claims),
          expires_in: 60,
        }
        if (typeof said === 'number') return { status: said, body: '{"error":"invalid_grant"}' }
        return { body: JSON.stringify(said) }
      },
    })
    const written = { issuer: ISSUER, clientId: 'gw', clientSecret: 's:1', ...scene.options }
    this.#authenticator = oidc.create(oidc.options.parse(written), this.host)
  }

  idToken(claims: object = {}, key = privateKey): string {
    const now = this.host.clock.wall() / 1_000
    const all = {
      iss: ISSUER,
      aud: 'gw',
      sub: 'anna',
      exp: now + 60,
      iat: now,
      nonce: this.nonce,
      ...claims,
    }
    return signed(all, key)
  }

  exchange(
    path: string,
    query = '',
    fields: readonly string[] = ['accept', 'text/html'],
  ): Exchange {
    const headers = new HeaderList([...fields])
    const cookies = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookies !== '') headers.add('cookie', cookies)
    const ex = exchangeFor({ path, query, headers })
    Object.assign(ex.request, { scheme: this.scheme })
    return ex
  }

  take(reply: Reply): Reply {
    for (const line of reply.headers.all('set-cookie')) {
      const [pair = ''] = line.split(';')
      const [name = '', value = ''] = pair.split('=')
      if (line.includes('Max-Age=0')) this.jar.delete(name)
      else this.jar.set(name, value)
    }
    return reply
  }

  /** Opens a page; sent to the issuer, it keeps in mind what for. */
  async open(path = '/page', query = ''): Promise<URL> {
    const reply = this.take((await this.#authenticator.ask!(this.exchange(path, query)))!)
    const url = new URL(reply.headers.get('location')!)
    this.nonce = url.searchParams.get('nonce')!
    return url
  }

  async back(query: Record<string, string> | string): Promise<Reply> {
    const text = typeof query === 'string' ? query : new URLSearchParams(query).toString()
    return this.take(
      await this.#authenticator.answer!(this.exchange('/login/callback', `?${text}`)),
    )
  }

  async answer(path: string, method: string): Promise<Reply> {
    const ex = this.exchange(path)
    Object.assign(ex.request, { method })
    return this.#authenticator.answer!(ex)
  }

  async logIn(path?: string, query?: string): Promise<Reply> {
    const url = await this.open(path, query)
    return this.back({ code: 'c', state: url.searchParams.get('state')! })
  }

  async logOut(fields: readonly string[] = []): Promise<Reply> {
    return this.take(await this.#authenticator.answer!(this.exchange('/logout', '', fields)))
  }

  async who(ex = this.exchange('/page')): Promise<Identity | undefined> {
    const verdict = await this.#authenticator.authenticate(ex)
    if (verdict === undefined) return undefined
    assert.ok(verdict instanceof Identity)
    return verdict
  }

  ask(ex: Exchange) {
    return this.#authenticator.ask!(ex)
  }

  get carriers() {
    return this.#authenticator.carriers
  }
}

/** No session, and 401. */
export const isRefused = (reply: Reply): void =>
  assert.equal(reply.fault?.code, 'CREDENTIALS_REFUSED')
