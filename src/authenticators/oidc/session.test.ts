import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reply } from '#sdk/index'
import { LoginBrowser } from '../../../test/kit/login-browser.ts'

test('a session is over when its time is, and not before', async () => {
  const browser = new LoginBrowser({ options: { session: '1h' } })
  await browser.logIn()
  browser.host.clock.advance(3_599_999)
  assert.ok(await browser.who())
  browser.host.clock.advance(1)
  assert.equal(await browser.who(), undefined)
})

test('a cookie that was touched, or is of another authenticator, stage or key, is no session', async () => {
  const browser = new LoginBrowser()
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
  const own = new LoginBrowser({ options })
  await own.logIn()
  for (const scene of [
    { options, name: 'other' },
    { options, stage: 'qa' },
    { options: { ...options, secret: 'b'.repeat(32) } },
  ]) {
    const foreign = new LoginBrowser(scene)
    for (const [key, sealed] of own.jar) foreign.jar.set(key + (scene.stage ? '-qa' : ''), sealed)
    assert.equal(await foreign.who(), undefined)
  }
  const rotated = new LoginBrowser({
    options: { ...options, secret: ['b'.repeat(32), options.secret] },
  })
  for (const [key, sealed] of own.jar) rotated.jar.set(key, sealed)
  assert.ok(await rotated.who(), 'the secret from before still opens it')
})

test('a login’s own cookie is no session', async () => {
  const browser = new LoginBrowser()
  await browser.open()
  const [sealed] = browser.jar.values()
  browser.jar.set('__Host-one-session', `1.${sealed}`)
  assert.equal(await browser.who(), undefined)
})

test('a session that is too long for one cookie stands in several; one that is too long for those is refused', async () => {
  const large = new LoginBrowser({ claims: { roles: 'r'.repeat(6_000) } })
  await large.logIn()
  assert.ok(large.jar.size >= 3)
  assert.equal(((await large.who())!.claims!['roles'] as string).length, 6_000)
  await large.logOut()
  assert.equal(large.jar.size, 0)
  const huge = new LoginBrowser({ claims: { roles: 'r'.repeat(16_000) } })
  assert.equal((await huge.logIn()).fault?.code, 'AUTHENTICATOR_FAILED')
})

const renewing = (renewed: (browser: LoginBrowser) => object | number) => {
  const browser: LoginBrowser = new LoginBrowser({
    tokens: (form) =>
      form['grant_type'] === 'refresh_token'
        ? renewed(browser)
        : { id_token: browser.idToken(), expires_in: 60, refresh_token: 'r1' },
  })
  return browser
}

const refreshes = (browser: LoginBrowser) =>
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
  const reply = new Reply(200)
  identity.onReply!(reply)
  assert.equal(reply.headers.get('cache-control'), 'no-store')
  browser.take(reply)
  assert.equal((await browser.who())!.onReply, undefined)
  browser.host.clock.advance(60_000)
  await browser.who()
  assert.equal(refreshes(browser)[1]!.form!['refresh_token'], 'r2')
})

test('an issuer that says it is over ends the session; so does one that names someone else', async () => {
  for (const said of [() => 400, (b: LoginBrowser) => ({ id_token: b.idToken({ sub: 'eve' }) })]) {
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
