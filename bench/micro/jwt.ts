/** What a token costs: the first time, by its algorithm, and each time after. */

import { systemClock } from '#base/clock'
import { HeaderList } from '#http/header-list'
import { jwt } from '../../src/authenticators/jwt/authenticator.ts'
import { fakeAuthenticatorHost } from '../../test/kit/authenticator-host.ts'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { claimsFor, ISSUER, keySetOf, macSigned, makeKey, signed } from '../../test/kit/tokens.ts'
import { nanoseconds } from './nanoseconds.ts'

const SECRET = 's'.repeat(32)

const keys = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map((alg) => makeKey(alg, alg))

function authenticator(options: object) {
  const host = { ...fakeAuthenticatorHost(), clock: systemClock }
  const all = { issuer: ISSUER, audience: 'api', ...options }
  return jwt.create(jwt.options.parse(all), host)
}

const claims = (n: number) =>
  claimsFor({
    sub: `user-${n}`,
    azp: 'mobile-app',
    scope: 'orders:read orders:write',
    jti: `j${n}`,
  })

const exchangeOf = (token: string) =>
  exchangeFor({
    headers: new HeaderList([
      'host',
      'gw.test',
      'accept',
      '*/*',
      'authorization',
      `Bearer ${token}`,
    ]),
  })

/** As many tokens as calls, each of them new. */
const CALLS = 400

function firstTime(name: string, options: object, make: (n: number) => string): void {
  const made = authenticator(options)
  const exchanges = Array.from({ length: CALLS * 3 }, (_, n) => exchangeOf(make(n)))
  const rounds = [0, 1, 2].map((round) => {
    const startedAt = performance.now()
    for (let n = 0; n < CALLS; n++) made.authenticate(exchanges[round * CALLS + n]!)
    return ((performance.now() - startedAt) * 1e3) / CALLS
  })
  console.log(`${rounds.at(-1)!.toFixed(1).padStart(7)} µs  ${name}, the first time`)
}

const jwks = keySetOf(...keys)
for (const key of keys) firstTime(key.alg, { jwks }, (n) => signed(key, claims(n)))
firstTime('HS256', { secret: SECRET }, (n) => macSigned(SECRET, claims(n)))

for (const key of [keys[0]!, keys[2]!]) {
  const made = authenticator({ jwks })
  const exchanges = Array.from({ length: 500 }, (_, n) => exchangeOf(signed(key, claims(n))))
  nanoseconds(`${key.alg}, one of 500 tokens seen before`, (call) =>
    made.authenticate(exchanges[call % 500]!),
  )
}
