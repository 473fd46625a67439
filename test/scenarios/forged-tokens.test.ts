import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { e1, k1, SECRET, startTokenGateway } from '../kit/token-gateway.ts'
import {
  claimsFor,
  macSigned,
  makeKey,
  part,
  signatureOf,
  signed,
  type SigningKey,
} from '../kit/tokens.ts'

const stranger = makeKey('RS256', 'k1')

const header = (more: object = {}): string => part({ alg: 'RS256', typ: 'JWT', kid: 'k1', ...more })

/** What a good header and good claims look like under a signature that is made up. */
const unsigned = (alg: string, signature = ''): string =>
  `${header({ alg })}.${part(claimsFor())}.${signature}`

/** Of DER. */
const integer = (half: Buffer): Buffer => {
  const padded = half[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), half]) : half
  return Buffer.concat([Buffer.from([2, padded.length]), padded])
}

test('JWT-02: the algorithm is that of key and configuration, whatever the token says', async (t) => {
  const { ask } = await startTokenGateway(t)
  const texts = [
    k1.publicKey.export({ type: 'spki', format: 'pem' }),
    String(k1.publicKey.export({ type: 'spki', format: 'pem' })).trim(),
    k1.publicKey.export({ type: 'pkcs1', format: 'pem' }),
    k1.publicKey.export({ type: 'spki', format: 'der' }),
    k1.publicKey.export({ type: 'pkcs1', format: 'der' }),
    JSON.stringify(k1.jwk),
    String(k1.jwk['n']),
    '',
  ]
  for (const text of texts)
    assert.equal(await ask(macSigned(text, claimsFor(), { kid: 'k1' })), '401 invalid_token')
  const second = claimsFor({ iss: 'https://second.test' })
  assert.equal(await ask(macSigned(SECRET, second), '/two/x'), '200')
  assert.equal(await ask(signed(k1, second), '/two/x'), '401 invalid_token')
  assert.equal(await ask(signed(k1, second)), '401 invalid_token')
  assert.equal(await ask(macSigned(SECRET, second)), '401 invalid_token')
  for (const alg of ['RS384', 'RS512', 'PS256', 'PS384']) {
    const key: SigningKey = { ...k1, alg }
    assert.equal(await ask(signed(key)), '401 invalid_token', alg)
  }
})

test('a token without a signature, or with one that is made up, is refused', async (t) => {
  const { ask } = await startTokenGateway(t)
  const good = signed(k1)
  const [head, body, signature] = good.split('.') as [string, string, string]
  const cases: Record<string, string> = {
    none: unsigned('none'),
    None: unsigned('None'),
    NONE: unsigned('NONE'),
    nOnE: unsigned('nOnE'),
    'none with a signature': unsigned('none', signature),
    'no alg': `${part({ typ: 'JWT', kid: 'k1' })}.${body}.${signature}`,
    'alg of another type': `${header({ alg: ['RS256'] })}.${body}.${signature}`,
    'alg in small letters': `${header({ alg: 'rs256' })}.${body}.${signature}`,
    'the signature left out': `${head}.${body}.`,
    'the last dot left out': `${head}.${body}`,
    'another’s claims': `${head}.${part(claimsFor({ sub: 'root' }))}.${signature}`,
    'another’s header': `${header({ kid: 'e1' })}.${body}.${signature}`,
    'a key of that name that is another': signed(stranger),
    'a signature cut by a byte': `${head}.${body}.${signature.slice(0, -2)}`,
    'a signature with a byte before it': `${head}.${body}.${Buffer.concat([Buffer.alloc(1), Buffer.from(signature, 'base64url')]).toString('base64url')}`,
    'a signature that is its digest': `${head}.${body}.${createHash('sha256').update(`${head}.${body}`).digest('base64url')}`,
    'a signature by an empty secret': `${head}.${body}.${createHmac('sha256', '').update(`${head}.${body}`).digest('base64url')}`,
  }
  for (const [what, token] of Object.entries(cases))
    assert.equal(await ask(token), '401 invalid_token', what)
  assert.equal(await ask(good), '200')
})

test('JWT-15: degenerate signatures do not hold', async (t) => {
  const { ask } = await startTokenGateway(t)
  const input = `${part({ alg: 'ES256', kid: 'e1' })}.${part(claimsFor())}`
  const raw = signatureOf(e1, input)
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
  const inner = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  const signatures: Record<string, Buffer> = {
    zeros: Buffer.alloc(64),
    'r = 0': Buffer.concat([Buffer.alloc(32), raw.subarray(32)]),
    's = 0': Buffer.concat([raw.subarray(0, 32), Buffer.alloc(32)]),
    'r = s = n': Buffer.from(order + order, 'hex'),
    DER: Buffer.concat([Buffer.from([0x30, inner.length]), inner]),
    '65 bytes': Buffer.concat([raw, Buffer.alloc(1)]),
    '63 bytes': raw.subarray(0, 63),
    'a zero before each half': Buffer.concat([
      Buffer.alloc(1),
      raw.subarray(0, 32),
      Buffer.alloc(1),
      raw.subarray(32),
    ]),
    nothing: Buffer.alloc(0),
  }
  for (const [what, signature] of Object.entries(signatures))
    assert.equal(
      await ask(`${input}.${signature.toString('base64url')}`),
      '401 invalid_token',
      what,
    )
  assert.equal(await ask(`${input}.${raw.toString('base64url')}`), '200')
})

test('a name of a key is a name and nothing else, and a token brings no key along', async (t) => {
  const { ask } = await startTokenGateway(t)
  const kids = [
    '../../etc/passwd',
    '/dev/null',
    "k1' OR '1'='1",
    '__proto__',
    'constructor',
    'k1\u0000',
    'K1',
    '',
    'x'.repeat(4_000),
    7,
    null,
    ['k1'],
    { k1: 1 },
  ]
  for (const kid of kids)
    assert.equal(
      await ask(signed(stranger, claimsFor(), { kid })),
      '401 invalid_token',
      JSON.stringify(kid),
    )
  const headers: Record<string, unknown>[] = [
    { jwk: stranger.jwk },
    { jku: 'https://evil.test/keys' },
    { x5u: 'https://evil.test/cert' },
    { x5c: ['AAAA'] },
    { crit: ['x'], x: 1 },
    { crit: [] },
    { b64: false, crit: ['b64'] },
    { b64: true },
    { zip: 'DEF' },
  ]
  for (const more of headers) {
    assert.equal(
      await ask(signed(stranger, claimsFor(), more)),
      '401 invalid_token',
      JSON.stringify(more),
    )
    assert.equal(
      await ask(signed(k1, claimsFor(), more)),
      '401 invalid_token',
      JSON.stringify(more),
    )
  }
})
