import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Identity } from '#sdk/authenticator'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import {
  bearer,
  claimsFor,
  ISSUER,
  keySetOf,
  macSigned,
  makeKey,
  part,
  signed,
  verdictOn,
} from '../../../test/kit/tokens.ts'
import { jwt } from './authenticator.ts'

const [rsa, pss, ec, ec384, ed] = [
  makeKey('RS256', 'k1'),
  makeKey('PS256', 'p1'),
  makeKey('ES256', 'e1'),
  makeKey('ES384', 'e2'),
  makeKey('EdDSA', 'd1'),
]
const KEYS = keySetOf(rsa, pss, ec, ec384, ed)

/** With these options beside issuer, audience and keys. */
function authenticator(more: Record<string, unknown> = {}) {
  const host = fakeAuthenticatorHost()
  const options = { issuer: ISSUER, audience: 'api', jwks: KEYS, ...more }
  const made = jwt.create(jwt.options.parse(options), host)
  const now = (): number => host.clock.wall()
  return {
    host,
    now,
    on: (token: string) => verdictOn(made, bearer(token)),
    claims: (claims: Record<string, unknown> = {}) => claimsFor(claims, now()),
  }
}

const refusal = (why: string): string =>
  `CREDENTIALS_REFUSED Bearer realm="api", error="invalid_token", error_description="${why}"`

test('a good token of each algorithm says who calls, and what for', async () => {
  const { on, claims } = authenticator({ groups: 'claims.realm.roles' })
  const said = claims({ scope: 'read write', jti: 'j1', realm: { roles: ['a', 7, 'b'] } })
  for (const key of [rsa, pss, ec, ec384, ed]) {
    const verdict = await on(signed(key, said))
    assert.ok(verdict instanceof Identity, `${key.alg}: ${JSON.stringify(verdict)}`)
    assert.deepEqual(verdict.consumer, { name: 'anna', groups: ['a', 'b'] })
    assert.deepEqual(verdict.scopes, ['read', 'write'])
    assert.equal(verdict.credential, 'j1')
    assert.deepEqual({ ...verdict.claims }, said)
  }
})

test('a token is good by a secret, and by no secret that the keys could be taken for', async () => {
  const secret = 's'.repeat(32)
  const { on, claims } = authenticator({ secret, jwks: undefined })
  assert.ok((await on(macSigned(secret, claims()))) instanceof Identity)
  assert.equal(
    await on(macSigned('t'.repeat(32), claims())),
    refusal('no key that is known has signed it'),
  )
  assert.equal(await on(signed(rsa, claims())), refusal('its algorithm is not accepted'))
})

test('a token seen before is refused as soon as it has expired', async () => {
  const { on, claims, host } = authenticator()
  const token = signed(rsa, claims({ exp: host.clock.wall() / 1e3 + 60 }))
  assert.ok((await on(token)) instanceof Identity)
  host.clock.advance(64_999)
  assert.ok((await on(token)) instanceof Identity)
  host.clock.advance(1)
  assert.equal(await on(token), refusal('it has expired'))
})

test('clocks may differ by the skew, and by no more, either way', async () => {
  const { on, claims, now } = authenticator()
  const second = now() / 1e3
  const cases: [Record<string, unknown>, string | undefined][] = [
    [{ exp: second - 4.9 }, undefined],
    [{ exp: second - 5 }, 'it has expired'],
    [{ nbf: second + 5 }, undefined],
    [{ nbf: second + 5.1 }, 'it is not valid yet'],
    [{ iat: second + 5 }, undefined],
    [{ iat: second + 86_400 }, 'it is not valid yet'],
    [{ exp: 1_893_456_000.5 }, undefined],
  ]
  for (const [more, why] of cases) {
    const verdict = await on(signed(ec, claims(more)))
    if (why === undefined) assert.ok(verdict instanceof Identity, JSON.stringify(more))
    else assert.equal(verdict, refusal(why), JSON.stringify(more))
  }
})

test('claims of the wrong form are refused, each with a word why', async () => {
  const { on, claims } = authenticator({ require: ['azp'] })
  const base = claims({ azp: 'app' })
  const raw = (member: string): string => JSON.stringify(base).replace(/"exp":\d+/, member)
  const cases: [Record<string, unknown> | string, string][] = [
    [{ ...base, exp: undefined }, 'it has no exp'],
    [raw('"exp":"9999999999"'), 'its exp is not a date'],
    [raw('"exp":null'), 'its exp is not a date'],
    [raw('"exp":-1'), 'its exp is not a date'],
    [raw('"exp":1e400'), 'its exp is not a date'],
    [raw('"exp":{}'), 'its exp is not a date'],
    [raw('"exp":true'), 'its exp is not a date'],
    [raw('"exp":[9999999999]'), 'its exp is not a date'],
    [{ ...base, nbf: 'soon' }, 'its nbf is not a date'],
    [{ ...base, iat: '1' }, 'its iat is not a date'],
    [{ ...base, iss: `${ISSUER}/` }, 'its issuer is not accepted'],
    [{ ...base, iss: ISSUER.toUpperCase() }, 'its issuer is not accepted'],
    [{ ...base, iss: [ISSUER] }, 'its issuer is not accepted'],
    [{ ...base, iss: undefined }, 'its issuer is not accepted'],
    [{ ...base, aud: 'api2' }, 'it is for someone else'],
    [{ ...base, aud: ['x', ['api']] }, 'it is for someone else'],
    [{ ...base, aud: undefined }, 'it is for someone else'],
    [{ ...base, azp: undefined }, 'a claim that is required is missing'],
    [{ ...base, azp: null }, 'a claim that is required is missing'],
    [{ ...base, sub: 7 }, 'its sub is malformed'],
    [{ ...base, sub: '' }, 'its sub is malformed'],
    [{ ...base, sub: 'a\u0000b' }, 'its sub is malformed'],
    [{ ...base, sub: 'a\nb' }, 'its sub is malformed'],
    [raw('"exp":9999999999,"sub":"a"'), 'its claims are not a JSON object'],
    [JSON.stringify(base).replace('"anna"', String.raw`"\ud800"`), 'its sub is malformed'],
    [{ ...base, cnf: 'x' }, 'it is bound in a way that cannot be checked here'],
    [{ ...base, cnf: {} }, 'it is bound in a way that cannot be checked here'],
    [{ ...base, cnf: { jkt: 7 } }, 'it is bound in a way that cannot be checked here'],
    [{ ...base, cnf: { 'x5t#S256': 'short' } }, 'it is bound in a way that cannot be checked here'],
    ['[1]', 'its claims are not a JSON object'],
    ['null', 'its claims are not a JSON object'],
    ['"exp"', 'its claims are not a JSON object'],
    ['not JSON', 'its claims are not a JSON object'],
    [`\ufeff${JSON.stringify(base)}`, 'its claims are not a JSON object'],
  ]
  for (const [given, why] of cases)
    assert.equal(await on(signed(rsa, given)), refusal(why), JSON.stringify(given))
})

test('a token names nobody when its consumer claim is not there, and is refused when that is no name', async () => {
  const { on, claims } = authenticator({ consumer: 'claims.azp' })
  const nobody = await on(signed(rsa, claims()))
  assert.ok(nobody instanceof Identity && nobody.consumer === undefined)
  const verdict = await on(signed(rsa, claims({ azp: ['app'] })))
  assert.equal(verdict, refusal('what names the caller is malformed'))
})

test('typ: JWT, at+jwt and none pass; tokens of another kind do not; one that is written must be there', async () => {
  const any = authenticator()
  for (const typ of [undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+JWT'])
    assert.ok((await any.on(signed(rsa, any.claims(), { typ }))) instanceof Identity, typ)
  for (const typ of ['logout+jwt', 'dpop+jwt', '', null, 7])
    assert.equal(
      await any.on(signed(rsa, any.claims(), { typ })),
      refusal('its typ is not accepted'),
      String(typ),
    )
  const one = authenticator({ typ: 'at+jwt' })
  assert.ok((await one.on(signed(rsa, one.claims(), { typ: 'at+jwt' }))) instanceof Identity)
  assert.equal(await one.on(signed(rsa, one.claims())), refusal('its typ is not accepted'))
})

test('names that objects inherit are no key, no algorithm and no claim', async () => {
  const { on, claims } = authenticator({ require: ['constructor'] })
  for (const name of ['__proto__', 'constructor', 'toString'])
    assert.equal(
      await on(`${part({ alg: name, kid: name })}.${part(claims())}.AA`),
      refusal('its algorithm is not accepted'),
    )
  assert.equal(await on(signed(rsa, claims())), refusal('a claim that is required is missing'))
})

test('what is kept of a token keeps nothing of the head that it came in', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { on, claims } = authenticator()
  collect()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < 1_000; n++) {
    const token = signed(ed, claims({ sub: `user ${n} of the shop`, scope: 'read write' }))
    const head = Buffer.from(`${'x'.repeat(32_768)}${token}`).toString('latin1')
    assert.ok((await on(head.slice(32_768))) instanceof Identity)
  }
  collect()
  assert.ok(process.memoryUsage().heapUsed - before < 8e6)
})
