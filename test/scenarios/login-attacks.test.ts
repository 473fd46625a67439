import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoginClient } from '../kit/login-client.ts'
import { startLoginScene } from '../kit/login-scene.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const isRefused = async (reply: Response): Promise<void> => {
  assert.equal(reply.status, 401)
  assert.match(await reply.text(), /CREDENTIALS_REFUSED/)
}

/** The callback with another value of one member. */
function withMember(callback: string, name: string, value: string | undefined): string {
  const url = new URL(callback)
  if (value === undefined) url.searchParams.delete(name)
  else url.searchParams.set(name, value)
  return url.href
}

test('a login by HTTP alone, and what comes of a callback that is not its own', async (t) => {
  const { site, requests } = await startLoginScene(t)
  const [anna, eve] = [new LoginClient(), new LoginClient()]
  const callback = await anna.logInAtIssuer(`${site}/page?a=1`, 'anna')
  const stolen = await eve.logInAtIssuer(`${site}/`, 'eve')

  // Eve makes Anna's browser log in as Eve, or her own as Anna.
  await isRefused(await anna.ask(stolen))
  await isRefused(await eve.ask(callback))
  // Anna's own login, with Eve's code in it: PKCE and nonce are of another.
  const code = new URL(stolen).searchParams.get('code')!
  const other = new LoginClient()
  const hers = await other.logInAtIssuer(`${site}/`, 'anna')
  await isRefused(await other.ask(withMember(hers, 'code', code)))
  // Another issuer, or none, sends her back.
  for (const iss of ['https://evil.test', undefined, '']) {
    const victim = new LoginClient()
    const back = await victim.logInAtIssuer(`${site}/`, 'anna')
    await isRefused(await victim.ask(withMember(back, 'iss', iss)))
  }
  // A forged state.
  const state = new URL(callback).searchParams.get('state')!
  for (const forged of [`${state}x`, state.replace(/^./, '1'), 'x', ''])
    await isRefused(await anna.ask(withMember(callback, 'state', forged)))

  const arrived = await anna.ask(callback)
  assert.equal(arrived.status, 303)
  assert.equal(arrived.headers.get('location'), `${site}/page?a=1`)
  assert.equal((await anna.ask(`${site}/page`)).status, 200)
  await isRefused(await anna.ask(callback)) // a second time
  assert.equal(requests.length, 1)
  assert.match(requests[0]!, /^x-user: anna\r$/m)
})

test('a session is no good when it was touched, or in another stage', async (t) => {
  const top =
    'stages: { prod: { hosts: [localhost] }, qa: { hosts: [localhost], pathPrefix: /qa } }\n'
  const { site, requests } = await startLoginScene(t, { top })
  const anna = new LoginClient()
  const arrived = await anna.logIn(`${site}/qa/page`)
  assert.equal(arrived.headers.get('location'), `${site}/qa/page`)
  const jar = anna.jar(site)
  assert.deepEqual([...jar.keys()], ['staff-session-qa'])
  const value = jar.get('staff-session-qa')!
  assert.equal((await anna.ask(`${site}/qa/page`)).status, 200)
  assert.equal((await anna.ask(`${site}/page`)).status, 302, 'the stage knows nobody')
  jar.set('staff-session-prod', value)
  assert.equal((await anna.ask(`${site}/page`)).status, 302)
  jar.set('staff-session-qa', value.slice(0, -3) + (value.endsWith('AAA') ? 'BBB' : 'AAA'))
  assert.equal((await anna.ask(`${site}/qa/page`)).status, 302)
  assert.equal(requests.length, 1)
})

test('no page that is asked for leads to another site', async (t) => {
  const { site } = await startLoginScene(t)
  for (const path of [
    '/%2Fevil.test',
    '/@evil.test/',
    '/%5Cevil.test',
    '/.evil.test',
    '/?//evil.test',
  ]) {
    const reply = await new LoginClient().logIn(site + path)
    assert.equal(new URL(reply.headers.get('location')!).origin, site, path)
  }
})

test('a page of another site logs nobody out', async (t) => {
  const { site } = await startLoginScene(t)
  const anna = new LoginClient()
  await anna.logIn(`${site}/`)
  const cookie = [...anna.jar(site)].map((pair) => pair.join('=')).join('; ')
  const cross = await fetch(`${site}/logout`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: 'https://evil.test' },
  })
  assert.equal(cross.status, 403)
  assert.match(await cross.text(), /CROSS_SITE/)
  assert.deepEqual(cross.headers.getSetCookie(), [])
  const own = await anna.ask(`${site}/logout`)
  assert.equal(own.status, 303)
  assert.equal((await anna.ask(`${site}/`)).status, 302)
})

test('an issuer that is not there, or names another: pages are 503, calls 401, and nothing is public', async (t) => {
  const scene = await startLoginScene(t)
  const { port } = await startGateway(
    t,
    `authenticators:\n  gone: { oidc: { issuer: "http://127.0.0.1:9", clientId: gw } }\n` +
      `  other: { oidc: { issuer: "${scene.issuer.url.replace('127.0.0.1', 'localhost')}", clientId: gw, paths: { callback: /other, logout: /out } } }\n` +
      `routes:\n  - { path: /gone, respond: secret, auth: gone }\n  - { path: /other-page, respond: secret, auth: other }\n`,
  )
  for (const path of ['/gone', '/other-page']) {
    const page = `GET ${path} HTTP/1.1\r\nHost: gw.test\r\nAccept: text/html;q=0.5, application/json\r\n\r\n`
    assert.match(await exchange(port, page), /^HTTP\/1\.1 503 [^]*AUTHENTICATOR_UNREACHABLE/)
    const call = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
    assert.match(call, /^HTTP\/1\.1 401 [^]*CREDENTIALS_MISSING/)
    assert.doesNotMatch(call, /secret/)
  }
})
