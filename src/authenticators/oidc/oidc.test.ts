import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import type { Errand } from '#sdk/errands'
import { type Exchange, HeaderList, Identity, type Reply } from '#sdk/index'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import { oidc } from './authenticator.ts'

const ISSUER = 'https://id.test'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/auth?tenant=1`,
  token_endpoint: `${ISSUER}/token`,
  jwks_uri: `${ISSUER}/jwks`,
  end_session_endpoint: `${ISSUER}/end`,
}
const JWKS = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' }] }

function signed(
  claims: object,
  key = privateKey,
  header: object = { alg: 'ES256', kid: 'k' },
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
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
class Browser {
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

const isRefused = (reply: Reply) => assert.equal(reply.fault?.code, 'CREDENTIALS_REFUSED')

test('a login: code and PKCE, and back at the page that was asked for, known', async () => {
  const browser = new Browser()
  assert.equal(await browser.who(), undefined)
  const url = await browser.open('/page', '?a=1')
  assert.equal(url.origin + url.pathname, 'https://id.test/auth')
  const asked = Object.fromEntries(url.searchParams)
  assert.equal(asked['tenant'], '1')
  assert.equal(asked['redirect_uri'], 'https://gw.test/login/callback')
  assert.equal(asked['scope'], 'openid profile email')
  assert.equal(asked['code_challenge_method'], 'S256')
  const reply = await browser.back({ code: 'c', state: asked['state']! })
  assert.equal(reply.status, 303)
  assert.equal(reply.headers.get('location'), 'https://gw.test/page?a=1')
  assert.equal(reply.headers.get('cache-control'), 'no-store')
  const errand = browser.host.asked.find(({ form }) => form !== undefined)!
  const { code_verifier: verifier = '', ...form } = errand.form!
  assert.equal(createHash('sha256').update(verifier).digest('base64url'), asked['code_challenge'])
  assert.deepEqual(form, {
    grant_type: 'authorization_code',
    code: 'c',
    redirect_uri: asked['redirect_uri'],
  })
  assert.equal(
    errand.headers?.['authorization'],
    `Basic ${Buffer.from('gw:s%3A1').toString('base64')}`,
  )
  const identity = await browser.who()
  assert.equal(identity?.consumer?.name, 'anna')
  assert.equal(identity.claims?.['sub'], 'anna')
})

test('cookies are for this host alone, out of reach for scripts, and no service gets them', async () => {
  const browser = new Browser()
  const replies = [(await browser.ask(browser.exchange('/page')))!, await browser.logIn()]
  const set = replies.flatMap(({ headers }) => headers.all('set-cookie'))
  assert.equal(set.length, 3) // the login's, its end, the session's
  for (const line of set)
    assert.match(
      line,
      /^__Host-one-session[^=]*=[^;]*; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
    )
  for (const name of browser.jar.keys()) assert.ok(browser.carriers.cookies!.includes(name))
  assert.ok(browser.carriers.cookies!.includes('__Host-one-session-login-*'))
})

test('on plain http cookies have no prefix', async () => {
  const browser = new Browser()
  browser.scheme = 'http'
  await browser.logIn()
  assert.deepEqual([...browser.jar.keys()], ['one-session'])
  assert.equal((await browser.who())?.consumer?.name, 'anna')
})

test('two tabs log in at once, and each arrives at its page', async () => {
  const browser = new Browser()
  const [one, two] = [await browser.open('/one'), await browser.open('/two')]
  const second = await browser.back({ code: 'c', state: two.searchParams.get('state')! })
  browser.nonce = one.searchParams.get('nonce')!
  const first = await browser.back({ code: 'c', state: one.searchParams.get('state')! })
  assert.equal(first.headers.get('location'), 'https://gw.test/one')
  assert.equal(second.headers.get('location'), 'https://gw.test/two')
})

test('of too many logins the eldest are forgotten', async () => {
  const browser = new Browser()
  const first = await browser.open('/first')
  for (let n = 0; n < 20; n++) {
    browser.host.clock.advance(1)
    await browser.open(`/${n}`)
  }
  assert.equal(browser.jar.size, 8)
  isRefused(await browser.back({ code: 'c', state: first.searchParams.get('state')! }))
})

test('a page of any path leads back to this host and no other', async () => {
  for (const path of ['//evil.test/', '/\\evil.test', '/@evil.test/', '/.evil.test']) {
    const reply = await new Browser().logIn(path)
    assert.equal(new URL(reply.headers.get('location')!).host, 'gw.test', path)
  }
})

test('an address that is too long for a cookie leads back to the page without its query, or to the root', async () => {
  const query = (await new Browser().logIn('/page', `?${'q'.repeat(2_000)}`)).headers.get(
    'location',
  )
  assert.equal(query, 'https://gw.test/page')
  const path = (await new Browser().logIn(`/${'p'.repeat(2_000)}`)).headers.get('location')
  assert.equal(path, 'https://gw.test/')
})

test('a stranger’s callback is no login: of another state, without the cookie, a second time, too late', async () => {
  const browser = new Browser()
  const state = (await browser.open()).searchParams.get('state')!
  const other = new Browser()
  isRefused(await other.back({ code: 'c', state })) // another browser
  isRefused(await browser.back({ code: 'c', state: `${state}x` }))
  isRefused(await browser.back({ code: 'c', state: 'x' }))
  isRefused(await browser.back(`code=c&state=${state}&state=${state}`))
  isRefused(await browser.back({ code: 'c' }))
  const reply = await browser.back({ code: 'c', state })
  assert.equal(reply.status, 303)
  isRefused(await browser.back({ code: 'c', state }))
  const late = (await browser.open()).searchParams.get('state')!
  browser.host.clock.advance(15 * 60_000)
  isRefused(await browser.back({ code: 'c', state: late }))
})

test('a code that belongs to another login gives no session: its nonce is another', async () => {
  const browser = new Browser({ claims: { nonce: 'of the thief' } })
  isRefused(await browser.logIn())
  assert.equal(browser.jar.size, 0)
})

for (const [about, claims] of [
  ['of another issuer', { iss: 'https://evil.test' }],
  ['for another client', { aud: 'other' }],
  ['for several, and nobody says who asked', { aud: ['gw', 'other'] }],
  ['asked for by another client', { aud: ['gw', 'other'], azp: 'other' }],
  ['that has expired', { exp: 1_699_999_000 }],
  ['that never expires', { exp: undefined }],
  ['of the future', { iat: 1_700_001_000 }],
  ['of nobody', { sub: undefined }],
  ['without the nonce', { nonce: undefined }],
] as const)
  test(`an ID token ${about} is refused`, async () => {
    const browser = new Browser({ claims })
    isRefused(await browser.logIn())
    assert.equal(await browser.who(), undefined)
  })

for (const [about, token] of [
  ['signed by a stranger', (b: Browser) => b.idToken({}, stranger)],
  ['not signed', (b: Browser) => b.idToken().replace(/[^.]+$/, '')],
  [
    'of an algorithm whose key is the client’s secret',
    (b: Browser) => signed({ nonce: b.nonce }, privateKey, { alg: 'HS256', kid: 'k' }),
  ],
  ['that is none', () => 'x'],
] as const)
  // prettier-ignore
  test(`an ID token ${about} is refused`, async () => {
    const browser: Browser = new Browser({ tokens: () => ({ id_token: token(browser) }) })
    isRefused(await browser.logIn())
  })

test('another issuer that sends the browser back is found out (RFC 9207)', async () => {
  const query = (url: URL, more: object) => ({
    code: 'c',
    state: url.searchParams.get('state')!,
    ...more,
  })
  const silent = new Browser()
  isRefused(await silent.back(query(await silent.open(), { iss: 'https://evil.test' })))
  const saying = new Browser({ metadata: { authorization_response_iss_parameter_supported: true } })
  isRefused(await saying.back(query(await saying.open(), {})))
  const reply = await saying.back(query(await saying.open(), { iss: ISSUER }))
  assert.equal(reply.status, 303)
})

test('a login that the issuer refuses ends there: no session, and no way round', async () => {
  const browser = new Browser()
  const state = (await browser.open()).searchParams.get('state')!
  isRefused(await browser.back({ error: 'access_denied', state }))
  assert.equal(browser.jar.size, 0)
  isRefused(await new Browser({ tokens: () => 400 }).logIn())
})

test('an issuer that is down, or another than it is called, is 503', async () => {
  for (const metadata of [
    { issuer: 'https://evil.test' },
    { jwks_uri: 'http://id.test/jwks' },
    { token_endpoint: 7 },
  ])
    await assert.rejects(async () => new Browser({ metadata }).ask(new Browser().exchange('/')), {
      code: 'AUTHENTICATOR_UNREACHABLE',
    })
  const browser = new Browser({ tokens: () => 500 })
  assert.equal((await browser.logIn()).fault?.code, 'AUTHENTICATOR_UNREACHABLE')
})

test('a session is over when its time is, and not before', async () => {
  const browser = new Browser({ options: { session: '1h' } })
  await browser.logIn()
  browser.host.clock.advance(3_599_999)
  assert.ok(await browser.who())
  browser.host.clock.advance(1)
  assert.equal(await browser.who(), undefined)
})

test('a cookie that was touched, or is of another authenticator, stage or key, is no session', async () => {
  const browser = new Browser()
  await browser.logIn()
  const [[name, value]] = [...browser.jar] as [[string, string]]
  for (const at of [2, 20, value.length - 2]) {
    const other = value[at] === 'A' ? 'B' : 'A'
    browser.jar.set(name, value.slice(0, at) + other + value.slice(at + 1))
    assert.equal(await browser.who(), undefined)
  }
  for (const broken of ['', '1.', '9.x', `2.${value.slice(2)}`, value.slice(2)]) {
    browser.jar.set(name, broken)
    assert.equal(await browser.who(), undefined)
  }
  const options = { cookie: 'sid', secret: 'a'.repeat(32) }
  const own = new Browser({ options })
  await own.logIn()
  for (const scene of [
    { options, name: 'other' },
    { options, stage: 'qa' },
    { options: { ...options, secret: 'b'.repeat(32) } },
  ]) {
    const foreign = new Browser(scene)
    for (const [key, sealed] of own.jar) foreign.jar.set(key + (scene.stage ? '-qa' : ''), sealed)
    assert.equal(await foreign.who(), undefined)
  }
  const rotated = new Browser({ options: { ...options, secret: ['b'.repeat(32), options.secret] } })
  for (const [key, sealed] of own.jar) rotated.jar.set(key, sealed)
  assert.ok(await rotated.who(), 'the secret from before still opens it')
})

test('a login’s own cookie is no session', async () => {
  const browser = new Browser()
  await browser.open()
  const [sealed] = browser.jar.values()
  browser.jar.set('__Host-one-session', `1.${sealed}`)
  assert.equal(await browser.who(), undefined)
})

test('a session that is too long for one cookie stands in several; one that is too long for those is refused', async () => {
  const large = new Browser({ claims: { roles: 'r'.repeat(6_000) } })
  await large.logIn()
  assert.ok(large.jar.size >= 3)
  assert.equal(((await large.who())!.claims!['roles'] as string).length, 6_000)
  await large.logOut()
  assert.equal(large.jar.size, 0)
  const huge = new Browser({ claims: { roles: 'r'.repeat(16_000) } })
  assert.equal((await huge.logIn()).fault?.code, 'AUTHENTICATOR_FAILED')
})

// ---- renewal

const renewing = (renewed: (browser: Browser) => object | number) => {
  const browser: Browser = new Browser({
    tokens: (form) =>
      form['grant_type'] === 'refresh_token'
        ? renewed(browser)
        : { id_token: browser.idToken(), expires_in: 60, refresh_token: 'r1' },
  })
  return browser
}

const refreshes = (browser: Browser) =>
  browser.host.asked.filter(({ form }) => form?.['refresh_token'] !== undefined)

test('a session is renewed when it is due, and the browser told', async () => {
  const browser = renewing((b) => ({
    id_token: b.idToken({ nonce: undefined, roles: 'new' }),
    expires_in: 60,
    refresh_token: 'r2',
  }))
  await browser.logIn()
  browser.host.clock.advance(59_000)
  await browser.who()
  assert.equal(refreshes(browser).length, 0)
  browser.host.clock.advance(1_000)
  const identity = (await browser.who())!
  assert.equal(identity.claims!['roles'], 'new')
  assert.deepEqual(refreshes(browser)[0]!.form, {
    grant_type: 'refresh_token',
    refresh_token: 'r1',
  })
  assert.equal(refreshes(browser)[0]!.maxAgeMs, 30_000)
  const { Reply } = await import('#sdk/index')
  const reply = new Reply(200)
  identity.onReply!(reply)
  browser.take(reply)
  assert.equal((await browser.who())!.onReply, undefined)
  browser.host.clock.advance(60_000)
  await browser.who()
  assert.equal(refreshes(browser)[1]!.form!['refresh_token'], 'r2')
})

test('an issuer that says it is over ends the session; so does one that names someone else', async () => {
  for (const said of [() => 400, (b: Browser) => ({ id_token: b.idToken({ sub: 'eve' }) })]) {
    const browser = renewing(said)
    await browser.logIn()
    browser.host.clock.advance(60_000)
    assert.equal(await browser.who(), undefined)
  }
})

test('an issuer that does not answer ends no session before its time, and is not asked for each request', async () => {
  const browser = renewing(() => 500)
  await browser.logIn()
  browser.host.clock.advance(60_000)
  assert.ok(await browser.who())
  assert.ok(await browser.who())
  assert.equal(refreshes(browser).length, 1)
  assert.equal(browser.host.logged.length, 1)
  browser.host.clock.advance(10_000)
  assert.ok(await browser.who())
  assert.equal(refreshes(browser).length, 2)
  browser.host.clock.advance(8 * 3_600_000)
  assert.equal(await browser.who(), undefined)
})

// ---- who is asked to log in, and how one logs out

for (const [about, fields, isAsked] of [
  ['a page', ['accept', 'text/html,*/*;q=0.8', 'sec-fetch-mode', 'navigate'], true],
  ['a page in an older browser', ['accept', 'text/html'], true],
  ['a script that asks for HTML', ['accept', 'text/html', 'sec-fetch-mode', 'cors'], false],
  ['a script of old', ['accept', 'text/html', 'x-requested-with', 'XMLHttpRequest'], false],
  ['a call', ['accept', 'application/json'], false],
  ['whoever takes anything', ['accept', '*/*'], false],
  ['whoever says nothing', [], false],
] as const)
  test(`${about} is ${isAsked ? '' : 'not '}sent to log in`, async () => {
    const browser = new Browser()
    assert.equal(
      (await browser.ask(browser.exchange('/', '', fields)))?.status,
      isAsked ? 302 : undefined,
    )
  })

test('nobody is sent anywhere by a POST, a WebSocket handshake, or where that is switched off', async () => {
  const browser = new Browser()
  for (const change of [{ method: 'POST' }, { upgrade: 'websocket' }]) {
    const ex = browser.exchange('/')
    Object.assign(ex.request, change)
    assert.equal(await browser.ask(ex), undefined)
  }
  const never = new Browser({ options: { redirect: 'never' } })
  assert.equal(await never.ask(never.exchange('/')), undefined)
})

test('a logout ends the session here, and sends on to the issuer', async () => {
  const browser = new Browser({ options: { paths: { afterLogout: '/bye' } } })
  await browser.logIn()
  const reply = await browser.logOut()
  assert.equal(reply.status, 303)
  const url = new URL(reply.headers.get('location')!)
  assert.equal(url.origin + url.pathname, 'https://id.test/end')
  assert.equal(url.searchParams.get('post_logout_redirect_uri'), 'https://gw.test/bye')
  assert.ok(url.searchParams.get('id_token_hint'))
  assert.equal(browser.jar.size, 0)
})

test('an issuer that knows no logout is not asked', async () => {
  const browser = new Browser({ metadata: { end_session_endpoint: undefined } })
  await browser.logIn()
  const reply = await browser.logOut()
  assert.equal(reply.status, 200)
  assert.equal(browser.jar.size, 0)
})

test('a page of another site logs nobody out', async () => {
  const browser = new Browser()
  await browser.logIn()
  for (const fields of [
    ['sec-fetch-site', 'cross-site'],
    ['origin', 'https://evil.test'],
    ['origin', 'null'],
  ])
    await assert.rejects(browser.logOut(fields), { code: 'CROSS_SITE' })
  assert.equal(browser.jar.size, 1)
  await browser.logOut(['sec-fetch-site', 'same-origin'])
  assert.equal(browser.jar.size, 0)
})

test('with sameSite: strict the browser arrives by a page of this site', async () => {
  const browser = new Browser({ options: { sameSite: 'strict' } })
  const reply = await browser.logIn('/page')
  assert.equal(reply.status, 200)
  assert.equal(reply.headers.get('refresh'), '0;url=https://gw.test/page')
  assert.match(reply.headers.all('set-cookie').join(), /SameSite=Strict/)
})

for (const [about, written] of [
  ['an issuer in clear text', { issuer: 'http://id.shop.example/' }],
  ['an issuer with a query', { issuer: 'https://id.test/?a' }],
  ['no scope openid', { scopes: ['email'] }],
  ['a callback that is a pattern', { paths: { callback: '/login/{id}' } }],
  ['one path for both', { paths: { callback: '/a', logout: '/a' } }],
  [
    'a place after the logout that is a path of another host',
    { paths: { afterLogout: '//evil.test' } },
  ],
  ['a short secret', { secret: 'short' }],
  ['a cookie with a space in its name', { cookie: 'a b' }],
] as const)
  test(`refused: ${about}`, () => {
    const all = { issuer: ISSUER, clientId: 'gw', ...written }
    assert.equal(oidc.options.safeParse(all).success, false)
  })
