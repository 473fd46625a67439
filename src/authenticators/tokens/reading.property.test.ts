import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import {
  claimsFor,
  ISSUER,
  keySetOf,
  makeKey,
  part,
  signed,
  verdictOn,
} from '../../../test/kit/tokens.ts'
import { jwt } from '../jwt/authenticator.ts'
import { fromBase64url } from './base64url.ts'
import { readJws } from './compact-jws.ts'
import { readJsonObject } from './json-object.ts'
import { readKeySet } from './key-set.ts'

const read = (text: string): unknown => readJsonObject(Buffer.from(text))

test('an object is read as JSON.parse reads it, whatever is in it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (object) => {
      const text = JSON.stringify(object)
      assert.deepEqual(read(text), JSON.parse(text))
    }),
  )
})

test('an object with a member twice is none, however its name is spelled and whatever stands between', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
      fc.jsonValue(),
      fc.nat(),
      (object, other, n) => {
        const names = Object.keys(object)
        const name = names[n % names.length]!
        const escaped = Array.from(name, (char) =>
          Array.from(
            { length: char.length },
            (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
          ).join(''),
        ).join('')
        for (const again of [JSON.stringify(name), `"${escaped}"`])
          assert.equal(
            read(`${JSON.stringify(object).slice(0, -1)}, ${again} : ${JSON.stringify(other)}}`),
            undefined,
          )
      },
    ),
  )
})

test('members of members may be written twice, and count for nothing', () => {
  assert.deepEqual(read('{"a":{"b":1,"b":2},"c":[{"b":"{\\":\\"","d":":"}]}'), {
    a: { b: 2 },
    c: [{ b: '{":"', d: ':' }],
  })
})

test('bytes have one spelling in base64url, and only that is read', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64url')
      assert.deepEqual(fromBase64url(text), Buffer.from(bytes))
    }),
  )
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('A', 'B', 'g', 'w', '-', '_', '+', '/', '=', ' ', '\n', '.'),
        maxLength: 12,
      }),
      (text) => {
        const bytes = fromBase64url(text)
        if (bytes !== undefined) assert.equal(bytes.toString('base64url'), text)
      },
    ),
  )
})

test('a good token with any of its characters changed, left out or added is good no more', () => {
  const keys = [makeKey('RS256', 'a'), makeKey('ES256', 'b'), makeKey('EdDSA', 'c')]
  const set = readKeySet(JSON.parse(keySetOf(...keys)))
  assert.ok(typeof set !== 'string')
  const tokens = keys.map((key) => signed(key, claimsFor()))
  const isGood = (token: string): boolean => {
    const jws = readJws(token)
    return typeof jws !== 'string' && set.set.hasSigned(jws)
  }
  assert.ok(tokens.every(isGood))
  fc.assert(
    fc.property(
      fc.constantFrom(...tokens),
      fc.nat(),
      fc.constantFrom('A', 'Z', 'a', '0', '9', '-', '_', '.', '=', ' ', '+', '/', ''),
      fc.nat({ max: 1 }),
      (token, n, char, taken) => {
        const at = n % token.length
        const changed = token.slice(0, at) + char + token.slice(at + taken)
        fc.pre(changed !== token)
        assert.equal(isGood(changed), false)
      },
    ),
    { numRuns: 500 },
  )
})

test('whatever stands in Authorization, there is an answer, and it is no yes', async () => {
  const key = makeKey('ES256', 'a')
  const options = jwt.options.parse({ issuer: ISSUER, audience: 'api', jwks: keySetOf(key) })
  const made = jwt.create(options, fakeAuthenticatorHost())
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  const encoded = fc.oneof(text, fc.jsonValue().map(part), text.map(part))
  const field = fc
    .tuple(fc.constantFrom('Bearer ', 'bearer  ', 'DPoP ', '', 'Basic '), encoded, encoded, encoded)
    .map(([scheme, ...parts]) => scheme + parts.join('.'))
  const property = fc.asyncProperty(field, fc.option(text), async (authorization, proof) => {
    const fields: [string, string][] = [['authorization', authorization]]
    if (proof !== null) fields.push(['dpop', proof])
    assert.equal(typeof (await verdictOn(made, fields)), 'string')
  })
  await fc.assert(property, { numRuns: 500 })
})
