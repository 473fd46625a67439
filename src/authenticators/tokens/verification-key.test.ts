import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { makeKey } from '../../../test/kit/tokens.ts'
import { readJwk } from './verification-key.ts'

const rsa = makeKey('RS256', 'a').jwk
const { alg: _, ...plain } = rsa
const { x, y } = makeKey('ES256', 'b').jwk as { readonly x: string; readonly y: string }
const ec = { kty: 'EC', crv: 'P-256', x, y }

const algorithmsOf = (jwk: object): string => {
  const key = readJwk(jwk)
  return 'why' in key
    ? `${key.why}${key.isOfNoUse ? ' (of no use)' : ''}`
    : [...key.algorithms].join()
}

const ofModulus = (modulus: bigint, exponent = 'AQAB'): object => {
  const hex = modulus.toString(16)
  const n = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString(
    'base64url',
  )
  return { kty: 'RSA', n, e: exponent }
}

test('a key is for the algorithms that fit it, and for that alone which it names', () => {
  assert.equal(algorithmsOf(rsa), 'RS256')
  assert.equal(algorithmsOf(plain), 'RS256,RS384,RS512,PS256,PS384,PS512')
  assert.equal(algorithmsOf({ ...plain, alg: 'PS512' }), 'PS512')
  assert.equal(algorithmsOf(ec), 'ES256')
  const { publicKey } = generateKeyPairSync('ed25519')
  assert.equal(algorithmsOf(publicKey.export({ format: 'jwk' })), 'EdDSA,Ed25519')
  assert.equal(
    algorithmsOf({ ...plain, use: 'sig', key_ops: ['verify'] }),
    'RS256,RS384,RS512,PS256,PS384,PS512',
  )
})

test('a key that cannot be used is told why, and one that is for something else is no fault of anyone', () => {
  const cases: [unknown, string][] = [
    ['x', 'it is not an object'],
    [{ ...rsa, kid: 7 }, 'its kid is not a string'],
    [{ ...rsa, use: 'enc' }, 'it is not for signatures (of no use)'],
    [{ ...rsa, key_ops: ['sign'] }, 'its key_ops have no verify (of no use)'],
    [{ ...rsa, key_ops: 'verify' }, 'its key_ops have no verify (of no use)'],
    [{ kty: 'oct', k: 'AAAA' }, 'its kty is none of RSA, EC and OKP (of no use)'],
    [{ kty: '__proto__' }, 'its kty is none of RSA, EC and OKP (of no use)'],
    [{ ...rsa, d: 'AAAA' }, 'it is a private key'],
    [{ kty: 'RSA', e: 'AQAB' }, 'it lacks one of e, kty, n'],
    [{ ...rsa, alg: 'HS256' }, 'its alg does not fit it'],
    [{ ...rsa, alg: 'none' }, 'its alg does not fit it'],
    [{ ...ec, alg: 'ES384' }, 'its alg does not fit it'],
    [{ ...ec, alg: 'RS256' }, 'its alg does not fit it'],
    [{ ...ec, crv: 'P-384' }, 'it is malformed'],
    [{ ...ec, y: x }, 'it is malformed'],
    [{ kty: 'OKP', crv: 'X25519', x }, 'no signature is made with its curve here (of no use)'],
    [ofModulus(2n ** 2047n - 1n), 'it has 2047 bits; at least 2048 are wanted'],
    [ofModulus(2n ** 8193n - 1n), 'it has 8193 bits; at most 8192 are wanted'],
    [ofModulus(2n ** 2048n - 3n, 'AQ'), 'its exponent is 1'],
    [ofModulus(2n ** 2048n - 3n, 'BA'), 'its exponent is 4'],
    [ofModulus(65_537n ** 129n), 'its private key can be found (ROCA, CVE-2017-15361)'],
  ]
  for (const [jwk, why] of cases) assert.equal(algorithmsOf(jwk as object), why)
})

test('a thumbprint is that of RFC 7638, whatever else the key says', () => {
  const key = readJwk({
    kty: 'EC',
    crv: 'P-256',
    x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
    y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
    kid: 'any',
  })
  assert.ok('thumbprint' in key)
  assert.equal(key.thumbprint, '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I') // RFC 9449, figures 2 and 9
})
