import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ISSUER, LoginBrowser } from '../../../test/kit/login-browser.ts'
import { oidc } from './authenticator.ts'

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
    const browser = new LoginBrowser()
    assert.equal(
      (await browser.ask(browser.exchange('/', '', fields)))?.status,
      isAsked ? 302 : undefined,
    )
  })

test('nobody is sent anywhere by a POST, a WebSocket handshake, or where that is switched off', async () => {
  const browser = new LoginBrowser()
  for (const change of [{ method: 'POST' }, { upgrade: 'websocket' }]) {
    const ex = browser.exchange('/')
    Object.assign(ex.request, change)
    assert.equal(await browser.ask(ex), undefined)
  }
  const never = new LoginBrowser({ options: { redirect: 'never' } })
  assert.equal(await never.ask(never.exchange('/')), undefined)
})

test('a logout ends the session here, and sends on to the issuer', async () => {
  const browser = new LoginBrowser({ options: { paths: { afterLogout: '/bye' } } })
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
  const browser = new LoginBrowser({ metadata: { end_session_endpoint: undefined } })
  await browser.logIn()
  const reply = await browser.logOut()
  assert.equal(reply.status, 200)
  assert.equal(browser.jar.size, 0)
})

test('a page of another site logs nobody out', async () => {
  const browser = new LoginBrowser()
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

test('its own paths take the methods that they are for', async () => {
  const browser = new LoginBrowser()
  for (const [path, method, allow] of [
    ['/login/callback', 'POST', 'GET'],
    ['/logout', 'DELETE', 'GET, POST'],
  ] as const) {
    const reply = await browser.answer(path, method)
    assert.equal(reply.fault?.code, 'METHOD_NOT_ALLOWED')
    assert.equal(reply.headers.get('allow'), allow)
  }
})

test('with sameSite: strict the browser arrives by a page of this site', async () => {
  const browser = new LoginBrowser({ options: { sameSite: 'strict' } })
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
