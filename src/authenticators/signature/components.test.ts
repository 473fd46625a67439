import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign, constants } from 'node:crypto'
import { test } from 'node:test'
import { HeaderList, isInnerList, parseItem } from '#sdk/index'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import { ALGORITHM_NAMES, ALGORITHMS, type AlgorithmName } from './algorithms.ts'
import { signature } from './authenticator.ts'
import { valueOf } from './components.ts'
import { readKeys, type WrittenKey } from './keys.ts'

const ex = exchangeFor({
  method: 'GET',
  path: '/a/~b',
  query: '?x=this%20is%0A&b=with+plus&fa%C3%A7ade%22%3A%20=y&e=&x2=1&x2=2&t=a~b',
  headers: new HeaderList([
    'x-one', ' a ', 'x-list', 'a,  b', 'x-list', 'c', 'priority', 'u=1,   i', 'x-dict', 'a=1,  b=2;x=1, c=(a   b)',
    'cache-status', 'a;hit,  b', 'client-cert', ':YQ==:', 'x-empty', '',
  ]),
}) // prettier-ignore
Object.assign(ex.request, { pathPrefix: '/qa', authority: 'gw.test:8080' })

for (const [identifier, value] of [
  ['"@method"', 'GET'],
  ['"@target-uri"', `http://gw.test:8080/qa/a/~b${ex.request.query}`],
  ['"@authority"', 'gw.test:8080'],
  ['"@scheme"', 'http'],
  ['"@request-target"', `/qa/a/~b${ex.request.query}`],
  ['"@path"', '/qa/a/~b'],
  ['"@query"', ex.request.query],
  ['"@query-param";name="x"', 'this%20is%0A'],
  ['"@query-param";name="b"', 'with%20plus'],
  ['"@query-param";name="fa%C3%A7ade%22%3A%20"', 'y'],
  ['"@query-param";name="e"', ''],
  ['"@query-param";name="t"', 'a%7Eb'],
  ['"@query-param";name="x2"', undefined],
  ['"@query-param";name="none"', undefined],
  ['"@query-param"', undefined],
  ['"@status"', undefined],
  ['"@method";req', undefined],
  ['"@unknown"', undefined],
  ['"x-one"', 'a'],
  ['"x-list"', 'a,  b, c'],
  ['"x-list";bs', ':YSwgIGI=:, :Yw==:'],
  ['"x-empty"', ''],
  ['"x-none"', undefined],
  ['"X-One"', undefined],
  ['"x-one";req', undefined],
  ['"x-one";tr', undefined],
  ['"x-one";sf', undefined],
  ['"x-one";bs;sf', undefined],
  ['"priority";sf', 'u=1, i'],
  ['"cache-status";sf', 'a;hit, b'],
  ['"client-cert";sf', ':YQ==:'],
  ['"x-dict";key="b"', '2;x=1'],
  ['"x-dict";key="c"', '(a b)'],
  ['"x-dict";key="z"', undefined],
  ['"host"', 'gw.test:8080'],
  ['token', undefined],
] as const)
  test(`${identifier} is ${value ?? 'nothing that can be signed'}`, () => {
    const item = parseItem(identifier)!
    assert.ok(!isInnerList(item))
    assert.equal(valueOf(ex, item), value)
  })

test('no query is signed as a question mark alone', () =>
  assert.equal(valueOf(exchangeFor(), parseItem('"@query"')!), '?'))

// ---- algorithms

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
const MESSAGE = Buffer.from('message')
const pairs: Partial<Record<AlgorithmName, { publicKey: KeyObject; privateKey: KeyObject }>> = {
  'rsa-pss-sha512': RSA,
  'rsa-v1_5-sha256': RSA,
  'ecdsa-p256-sha256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384-sha384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ed25519: generateKeyPairSync('ed25519'),
}

const signers: Partial<Record<AlgorithmName, (key: KeyObject) => Buffer>> = {
  'rsa-pss-sha512': (key) =>
    sign('sha512', MESSAGE, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }),
  'rsa-v1_5-sha256': (key) => sign('sha256', MESSAGE, key),
  'ecdsa-p256-sha256': (key) => sign('sha256', MESSAGE, { key, dsaEncoding: 'ieee-p1363' }),
  'ecdsa-p384-sha384': (key) => sign('sha384', MESSAGE, { key, dsaEncoding: 'ieee-p1363' }),
  ed25519: (key) => sign(null, MESSAGE, key),
}

for (const name of ALGORITHM_NAMES.filter((one) => one !== 'hmac-sha256'))
  test(`${name} holds for its message, and for no other`, () => {
    const { publicKey, privateKey } = pairs[name]!
    const signed = signers[name]!(privateKey)
    const { verifies, flawOf } = ALGORITHMS[name]
    assert.equal(flawOf(publicKey), undefined)
    assert.ok(verifies(publicKey, MESSAGE, signed))
    assert.ok(!verifies(publicKey, Buffer.from('other'), signed))
    assert.ok(!verifies(publicKey, MESSAGE, signed.subarray(1)))
    assert.ok(!verifies(publicKey, MESSAGE, Buffer.alloc(0)))
  })

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as WrittenKey['key']
const ed = pairs.ed25519!
const p256 = pairs['ecdsa-p256-sha256']!.publicKey

for (const [about, written, words] of [
  ['of another type', { alg: 'ed25519', key: jwkOf(p256) }, /no public key of ed25519/],
  [
    'on another curve',
    { alg: 'ecdsa-p384-sha384', key: jwkOf(p256) },
    /no public key on secp384r1/,
  ],
  ['that is private', { alg: 'ed25519', key: jwkOf(ed.privateKey) }, /private key/],
  [
    'that is private, in PEM',
    { alg: 'ed25519', key: ed.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string },
    /private key/,
  ],
  ['that cannot be read', { alg: 'ed25519', key: 'x' }, /cannot be read/],
  [
    'that is weak',
    {
      alg: 'rsa-pss-sha512',
      key: jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
    },
    /1024 bits/,
  ],
  [
    'that is short',
    { alg: 'hmac-sha256', secret: Buffer.alloc(31).toString('base64') },
    /32 bytes/,
  ],
  ['that is no secret', { alg: 'hmac-sha256', key: jwkOf(p256) }, /"secret"/],
] as const)
  // prettier-ignore
  test(`a key ${about} is a complaint`, () => {
    const read = readKeys([{ kid: 'k', ...written }])
    assert.ok(typeof read === 'string')
    assert.match(read, words)
    assert.match(read, /the key k /)
  })

const problem = (keys: unknown): string | undefined =>
  signature.check!(signature.options.parse({ keys }))[0]?.message

test('keys stand in a list, or in a file with one; what is wrong with a file is said', () => {
  const key = { kid: 'k', alg: 'ed25519', key: jwkOf(ed.publicKey) }
  assert.equal(problem([key]), undefined)
  assert.equal(problem(JSON.stringify([key])), undefined)
  assert.equal(problem(JSON.stringify({ keys: [key] })), undefined)
  assert.match(problem([key, key])!, /twice/)
  assert.match(problem('no JSON')!, /expected a JSON list/)
  assert.match(problem('{}')!, /expected a JSON list/)
  assert.match(problem('[{"kid":"k"}]')!, /^\[0\]\.alg of the file: /)
})

test('a JWKS will do: what a key is for follows from what it is', () => {
  const secret = Buffer.alloc(32, 1).toString('base64url')
  const keys = [
    { ...(jwkOf(ed.publicKey) as object), kid: 'a' },
    { ...(jwkOf(p256) as object), kid: 'b', consumer: 'acme' },
    { kty: 'oct', k: secret, kid: 'c' },
  ]
  assert.equal(problem(JSON.stringify({ keys })), undefined)
  assert.equal(problem(keys), undefined)
  const rsa = { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'r' }
  assert.match(problem(JSON.stringify([rsa]))!, /^\[0\] of the file: expected a JWK for one of/)
  assert.match(problem(JSON.stringify([{ ...rsa, alg: 'PS512' }]))!, /the key r for rsa-pss-sha512/)
  assert.match(
    problem(JSON.stringify([{ ...(jwkOf(ed.publicKey) as object) }]))!,
    /^\[0\]\.kid of the file/,
  )
  assert.match(
    problem(JSON.stringify([{ kty: 'oct', k: 'AAAA', kid: 's' }]))!,
    /no secret of at least/,
  )
})
