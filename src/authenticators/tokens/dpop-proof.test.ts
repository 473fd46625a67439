import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import { macSigned, makeKey, proofFor, thumbprintOf } from '../../../test/kit/tokens.ts'
import { readProof } from './dpop-proof.ts'

const TOKEN = 'the token'
const tokenHash = createHash('sha256').update(TOKEN).digest('base64url')
const keys = ['ES256', 'RS256', 'PS256', 'EdDSA', 'ES384'].map((alg) => makeKey(alg, 'mine'))
const [key, other] = [keys[0]!, makeKey('ES256', 'mine')]

/** As `POST https://gw.test/qa/orders/7` is seen here, once the stage's prefix is off. */
const request = {
  ...exchangeFor().request,
  method: 'POST',
  scheme: 'https' as const,
  authority: 'gw.test:443',
  pathPrefix: '/qa',
  path: '/orders/7%2Fa',
}

const good = { htm: 'POST', htu: 'https://gw.test/qa/orders/7%2Fa' }

function read(proof: string, of = key): string {
  const answer = readProof(proof, {
    request,
    keyThumbprint: thumbprintOf(of),
    tokenHash,
    nowMs: Date.now(),
  })
  return typeof answer === 'string' ? answer : 'good'
}

const claiming = (more: object): string => read(proofFor(key, TOKEN, { ...good, ...more }))
const headed = (more: Record<string, unknown>): string => read(proofFor(key, TOKEN, good, more))

test('a proof of the very request and token, by the key of the token, is good, whatever its algorithm', () => {
  for (const each of keys) assert.equal(read(proofFor(each, TOKEN, good), each), 'good', each.alg)
})

test('the address is that which the client sees: however it may be written, without query and fragment', () => {
  for (const htu of [
    'https://gw.test:443/qa/orders/7%2Fa',
    'HTTPS://GW.test/qa/orders/7%2fa',
    'https://gw.test/qa/x/../orders/%37%2Fa?x=1#y',
  ])
    assert.equal(claiming({ htu }), 'good', htu)
  for (const htu of [
    'https://gw.test/orders/7%2Fa',
    'https://gw.test/qa/orders/7/a',
    'https://gw.test/QA/orders/7%2Fa',
    'http://gw.test/qa/orders/7%2Fa',
    'https://gw.test:8443/qa/orders/7%2Fa',
    'https://gw.test.evil.test/qa/orders/7%2Fa',
    'https://a@gw.test/qa/orders/7%2Fa',
    'https://gw.test\\qa/orders/7%2Fa',
    'https://gw.test/qa/orders/7%2Fa/',
    '/qa/orders/7%2Fa',
    '',
    undefined,
    7,
  ])
    assert.equal(claiming({ htu }), 'the proof is for another address', String(htu))
})

test('a proof for another method, token or time is none', () => {
  const now = Date.now() / 1e3
  assert.equal(claiming({ htm: 'GET' }), 'the proof is for another method')
  assert.equal(claiming({ htm: 'post' }), 'the proof is for another method')
  assert.equal(claiming({ ath: 'x' }), 'the proof is for another token')
  assert.equal(claiming({ ath: undefined }), 'the proof is for another token')
  assert.equal(claiming({ iat: now - 59 }), 'good')
  assert.equal(claiming({ iat: now - 61 }), 'the proof is too old')
  assert.equal(claiming({ iat: now + 9 }), 'good')
  assert.equal(claiming({ iat: now + 11 }), 'the proof is not valid yet')
  assert.equal(claiming({ iat: `${now}` }), 'the proof is too old')
  assert.equal(claiming({ jti: undefined }), 'the proof has no jti')
  assert.equal(claiming({ jti: '' }), 'the proof has no jti')
  assert.equal(claiming({ jti: 'x'.repeat(257) }), 'the proof has no jti')
})

test('a proof is signed by the key that it shows, which is public and the key of the token', () => {
  assert.equal(read(proofFor(other, TOKEN, good)), 'the proof is of another key than the token')
  assert.equal(
    read(proofFor(other, TOKEN, good, { jwk: key.publicKey.export({ format: 'jwk' }) })),
    'the signature of the proof does not hold',
  )
  assert.equal(
    headed({ jwk: key.privateKey.export({ format: 'jwk' }) }),
    'the jwk of the proof cannot be used: it is a private key',
  )
  assert.equal(
    headed({ jwk: { kty: 'oct', k: 'AAAA' } }),
    'the jwk of the proof cannot be used: its kty is none of RSA, EC and OKP',
  )
  assert.equal(headed({ jwk: undefined }), 'the proof is malformed: its header has no jwk')
  assert.equal(headed({ jwk: 'x' }), 'the jwk of the proof cannot be used: it is not an object')
  const mac = macSigned('s'.repeat(32), good, { typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'AAAA' } })
  assert.match(read(mac), /^the jwk of the proof cannot be used/)
  const confused = macSigned(JSON.stringify(key.jwk), good, {
    typ: 'dpop+jwt',
    jwk: key.publicKey.export({ format: 'jwk' }),
  })
  assert.equal(read(confused), 'the signature of the proof does not hold')
})

test('only what says that it is a proof is one', () => {
  for (const typ of ['JWT', 'at+jwt', undefined, 'dpop'])
    assert.equal(headed({ typ }), 'the typ of the proof is not dpop+jwt')
  assert.equal(
    headed({ crit: ['x'] }),
    'the proof is malformed: its header has crit, which is not accepted',
  )
  assert.equal(read('x'), 'the proof is malformed: it is not a signed JWT')
  assert.equal(read('x'.repeat(8_193)), 'the proof is longer than accepted')
})
