import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isRefused,
  ISSUER,
  LoginBrowser,
  signed,
  stranger,
} from '../../../test/kit/login-browser.ts'

test('a stranger’s callback is no login: of another state, without the cookie, a second time, too late', async () => {
  const browser = new LoginBrowser()
  const state = (await browser.open()).searchParams.get('state')!
  const other = new LoginBrowser()
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
  const browser = new LoginBrowser({ claims: { nonce: 'of the thief' } })
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
    const browser = new LoginBrowser({ claims })
    isRefused(await browser.logIn())
    assert.equal(await browser.who(), undefined)
  })

for (const [about, token] of [
  ['signed by a stranger', (b: LoginBrowser) => b.idToken({}, stranger)],
  ['not signed', (b: LoginBrowser) => b.idToken().replace(/[^.]+$/, '')],
  [
    'of an algorithm whose key is the client’s secret',
    (b: LoginBrowser) => signed({ nonce: b.nonce }, undefined, { alg: 'HS256', kid: 'k' }),
  ],
  ['that is none', () => 'x'],
] as const)
  // prettier-ignore
  test(`an ID token ${about} is refused`, async () => {
    const browser: LoginBrowser = new LoginBrowser({ tokens: () => ({ id_token: token(browser) }) })
    isRefused(await browser.logIn())
  })

const query = (url: URL, more: object): Record<string, string> => ({
  code: 'c',
  state: url.searchParams.get('state')!,
  ...more,
})

test('another issuer that sends the browser back is found out (RFC 9207)', async () => {
  const silent = new LoginBrowser()
  isRefused(await silent.back(query(await silent.open(), { iss: 'https://evil.test' })))
  const saying = new LoginBrowser({
    metadata: { authorization_response_iss_parameter_supported: true },
  })
  isRefused(await saying.back(query(await saying.open(), {})))
  const reply = await saying.back(query(await saying.open(), { iss: ISSUER }))
  assert.equal(reply.status, 303)
})

test('a login that the issuer refuses ends there: no session, and no way round', async () => {
  const browser = new LoginBrowser()
  const state = (await browser.open()).searchParams.get('state')!
  isRefused(await browser.back({ error: 'access_denied', state }))
  assert.equal(browser.jar.size, 0)
  isRefused(await new LoginBrowser({ tokens: () => 400 }).logIn())
})

test('an issuer that is down, or another than it is called, is 503', async () => {
  for (const metadata of [
    { issuer: 'https://evil.test' },
    { jwks_uri: 'http://id.test/jwks' },
    { token_endpoint: 7 },
  ])
    await assert.rejects(
      async () => new LoginBrowser({ metadata }).ask(new LoginBrowser().exchange('/')),
      {
        code: 'AUTHENTICATOR_UNREACHABLE',
      },
    )
  const browser = new LoginBrowser({ tokens: () => 500 })
  assert.equal((await browser.logIn()).fault?.code, 'AUTHENTICATOR_UNREACHABLE')
})
