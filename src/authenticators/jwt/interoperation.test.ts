import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Identity } from '#sdk/authenticator'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { bearer, verdictOn } from '../../../test/kit/tokens.ts'
import { PUBLIC_KEY_ALGORITHMS } from '../tokens/algorithms.ts'
import { readJwk } from '../tokens/verification-key.ts'
import { jwt } from './authenticator.ts'

const given = (options: object) => {
  const all = { issuer: 'https://iss.test', audience: 'api', ...options }
  return jwt.create(jwt.options.parse(all), fakeAuthenticatorHost())
}

const tokenOf = (alg: string): SignJWT =>
  new SignJWT({
    iss: 'https://iss.test',
    aud: 'api',
    sub: 'anna',
    exp: 2_000_000_000,
  }).setProtectedHeader({ alg, kid: 'k', typ: 'at+jwt' })

/** The library makes no keys of this curve. */
const made = PUBLIC_KEY_ALGORITHMS.filter((alg) => alg !== 'Ed448')

for (const alg of made) {
  test(`a token that another implementation has signed by ${alg} is good, and its key has the same thumbprint`, async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg }
    const verdict = await verdictOn(
      given({ jwks: { keys: [jwk] } }),
      bearer(await tokenOf(alg).sign(privateKey)),
    )
    assert.ok(verdict instanceof Identity, JSON.stringify(verdict))
    const key = readJwk(jwk)
    assert.ok('thumbprint' in key)
    assert.equal(key.thumbprint, await calculateJwkThumbprint(jwk))
  })
}

for (const alg of ['HS256', 'HS384', 'HS512']) {
  test(`a token that another implementation has signed by ${alg} is good`, async () => {
    const secret = 's'.repeat(64)
    const token = await tokenOf(alg).sign(Buffer.from(secret))
    const verdict = await verdictOn(given({ secret, algorithms: alg }), bearer(token))
    assert.ok(verdict instanceof Identity, JSON.stringify(verdict))
  })
}
