import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { keySetOf, makeKey } from '../../../test/kit/tokens.ts'
import { jwt } from './authenticator.ts'

/** What is wrong, as `member: words`. */
function complaints(more: object): string[] {
  const options = { issuer: 'https://iss.test', audience: 'api', ...more }
  const read = jwt.options.safeParse(options)
  if (!read.success)
    return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return jwt.check!(read.data).map(({ at, message }) => `${at}: ${message}`)
}

const rsa = makeKey('RS256', 'k1')
const keys = keySetOf(rsa)
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const small = { ...publicKey.export({ format: 'jwk' }), kid: 'small' }

test('good options have nothing wrong with them', () => {
  for (const more of [
    {},
    { audience: ['a', 'b'], algorithms: 'RS256', clockSkew: '60s', groups: 'claims.roles' },
    { audience: false },
    { jwks: 'https://iss.test/keys' },
    { jwks: 'http://keycloak:8080/keys', issuer: 'whatever' },
    { jwks: 'http://127.0.0.1:8080/keys' },
    { jwks: keys },
    { jwks: JSON.parse(keys) as object },
    { secret: 's'.repeat(32) },
    { secret: 's'.repeat(64), algorithms: ['HS256', 'HS512'] },
  ])
    assert.deepEqual(complaints(more), [], JSON.stringify(more))
})

test('what is wrong with options is said, member by member', () => {
  const cases: [object, string][] = [
    [{ secret: '' }, 'secret: found 0 bytes, expected at least 32 for HS256'],
    [{ secret: 's'.repeat(31) }, 'secret: found 31 bytes, expected at least 32 for HS256'],
    [
      { secret: 's'.repeat(32), algorithms: 'HS512' },
      'secret: found 32 bytes, expected at least 64 for HS512',
    ],
    [{ secret: 's'.repeat(32), jwks: keys }, 'jwks: expected either a secret or jwks, not both'],
    [
      { secret: 's'.repeat(32), algorithms: 'RS256' },
      'algorithms: RS256 needs keys, and there is a secret',
    ],
    [{ algorithms: ['RS256', 'HS256'] }, 'algorithms: HS256 needs a secret'],
    [{ issuer: 'shop' }, 'issuer: found shop, expected an https URL, or jwks: where its keys are'],
    [
      { issuer: 'http://id.shop.com' },
      'issuer: found http://id.shop.com, which would be asked in plain text beyond the local network, expected https, or jwks: where its keys are',
    ],
    [
      { issuer: 'https://iss.test/?a' },
      'issuer: found https://iss.test/?a, expected an https URL without "?"',
    ],
    [
      { jwks: 'http://8.8.8.8/keys' },
      'jwks: found http://8.8.8.8/keys, which would be asked in plain text beyond the local network, expected https',
    ],
    [{ jwks: 'not JSON' }, 'jwks: expected a set of keys (RFC 7517): it is not JSON'],
    [{ jwks: '{}' }, 'jwks: expected a set of keys (RFC 7517): there is no list of keys in it'],
    [
      { jwks: { keys: [] } },
      'jwks: expected a set of keys (RFC 7517): there is no usable key in it',
    ],
    [
      { jwks: { keys: [rsa.jwk, small] } },
      'jwks: keys[1] cannot be used: it has 1024 bits; at least 2048 are wanted',
    ],
    [
      { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
      'jwks: expected a set of keys (RFC 7517): there is no usable key in it: keys[0]: its kty is none of RSA, EC and OKP',
    ],
    [
      { jwks: { keys: [rsa.privateKey.export({ format: 'jwk' })] } },
      'jwks: expected a set of keys (RFC 7517): there is no usable key in it: keys[0]: it is a private key',
    ],
    [{ jwks: keys, algorithms: ['ES256', 'PS256'] }, 'jwks: no key in it is for ES256, PS256'],
    [{ clockSkew: '61s' }, 'clockSkew: expected at most 60s'],
    [{ maxBytes: '1MiB' }, 'maxBytes: expected at most 64KiB'],
    [
      { consumer: 'claim.sub' },
      'consumer: expected an expression over claims, such as claims.sub; at character 1: there is no variable "claim"; did you mean "claims"?',
    ],
  ]
  for (const [more, words] of cases) assert.deepEqual(complaints(more), [words])
})

test('an audience is written, or it is written that there is none', () => {
  assert.equal(complaints({ audience: undefined }).length, 1)
  assert.equal(complaints({ algorithms: 'none' }).length, 1)
})
