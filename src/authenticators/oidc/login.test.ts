import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { isRefused, LoginBrowser } from '../../../test/kit/login-browser.ts'

test('a login: code and PKCE, and back at the page that was asked for, known', async () => {
  const browser = new LoginBrowser()
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
  const browser = new LoginBrowser()
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
  const browser = new LoginBrowser()
  browser.scheme = 'http'
  await browser.logIn()
  assert.deepEqual([...browser.jar.keys()], ['one-session'])
  assert.equal((await browser.who())?.consumer?.name, 'anna')
})

test('two tabs log in at once, and each arrives at its page', async () => {
  const browser = new LoginBrowser()
  const [one, two] = [await browser.open('/one'), await browser.open('/two')]
  const second = await browser.back({ code: 'c', state: two.searchParams.get('state')! })
  browser.nonce = one.searchParams.get('nonce')!
  const first = await browser.back({ code: 'c', state: one.searchParams.get('state')! })
  assert.equal(first.headers.get('location'), 'https://gw.test/one')
  assert.equal(second.headers.get('location'), 'https://gw.test/two')
})

test('of too many logins the eldest are forgotten', async () => {
  const browser = new LoginBrowser()
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
    const reply = await new LoginBrowser().logIn(path)
    assert.equal(new URL(reply.headers.get('location')!).host, 'gw.test', path)
  }
})

test('an address that is too long for a cookie leads back to the page without its query, or to the root', async () => {
  const query = (await new LoginBrowser().logIn('/page', `?${'q'.repeat(2_000)}`)).headers.get(
    'location',
  )
  assert.equal(query, 'https://gw.test/page')
  const path = (await new LoginBrowser().logIn(`/${'p'.repeat(2_000)}`)).headers.get('location')
  assert.equal(path, 'https://gw.test/')
})
