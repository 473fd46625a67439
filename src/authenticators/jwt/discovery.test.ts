import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrandAnswer } from '#sdk/errands'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { discover } from './discovery.ts'

const metadata = (more: object = {}): string =>
  JSON.stringify({ issuer: 'https://iss.test/a', jwks_uri: 'https://keys.test/k', ...more })

async function discovered(
  answers: Readonly<Record<string, Partial<ErrandAnswer>>>,
  issuer = 'https://iss.test/a',
): Promise<string> {
  const { errands } = fakeAuthenticatorHost({
    errand: ({ url }) => answers[url.replace('https://iss.test', '')] ?? { status: 404 },
  })
  return discover(issuer, errands, 0).catch((error: Error) => error.message)
}

const OPENID = '/a/.well-known/openid-configuration'
const OAUTH = '/.well-known/oauth-authorization-server/a'

test('an issuer says where its keys are, in the way of OpenID or of RFC 8414', async () => {
  assert.equal(await discovered({ [OPENID]: { body: metadata() } }), 'https://keys.test/k')
  for (const status of [400, 403, 404, 405])
    assert.equal(
      await discovered({ [OPENID]: { status }, [OAUTH]: { body: metadata() } }),
      'https://keys.test/k',
    )
  const slash = { [OPENID]: { body: metadata({ issuer: 'https://iss.test/a/' }) } }
  assert.equal(await discovered(slash, 'https://iss.test/a/'), 'https://keys.test/k')
})

test('what is no answer for this very issuer is none', async () => {
  const cases: [Partial<ErrandAnswer>, RegExp][] = [
    [{ body: metadata({ issuer: 'https://iss.test/a/' }) }, /for another issuer/],
    [{ body: metadata({ issuer: 'https://evil.test' }) }, /for another issuer/],
    [{ body: metadata({ issuer: undefined }) }, /for another issuer/],
    [{ body: metadata({ jwks_uri: undefined }) }, /without a jwks_uri/],
    [
      { body: metadata({ jwks_uri: 'http://keys.test/k' }) },
      /jwks_uri cannot be used: expected https/,
    ],
    [{ body: metadata({ jwks_uri: 'file:///etc/passwd' }) }, /jwks_uri cannot be used/],
    [{ body: '<html>' }, /not JSON/],
    [{ body: '{"issuer":"https://iss.test/a","issuer":"x"}' }, /not JSON/],
    [{ status: 302, headers: { location: 'https://evil.test' } }, /answered with 302/],
    [{ status: 500 }, /answered with 500/],
  ]
  for (const [answer, problem] of cases)
    assert.match(await discovered({ [OPENID]: answer, [OAUTH]: { body: metadata() } }), problem)
  assert.match(await discovered({}), /answered with 404/)
})
