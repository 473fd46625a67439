/** `jwt`: signed tokens of an issuer (RFC 7519, 8725, 9068), checked here. */

import { type AuthenticatorHost, defineAuthenticator } from '#sdk/index'
import { KeySet } from '../tokens/key-set.ts'
import { tokenAuthenticator } from '../tokens/token-authenticator.ts'
import { readSecret } from '../tokens/verification-key.ts'
import { discover } from './discovery.ts'
import { FetchedKeys } from './fetched-keys.ts'
import { fixedKeys, type KeySource } from './key-source.ts'
import {
  algorithmsOf,
  isUrl,
  type JwtOptions,
  options,
  problemsOf,
  readFixedKeys,
} from './options.ts'
import { Verifier } from './verifier.ts'

export const jwt = defineAuthenticator({
  name: 'jwt',
  summary: 'Signed tokens (JWT) of an issuer, checked with its keys',
  options,
  secrets: ['secret'],
  files: ['jwks'],
  check: problemsOf,

  create(read, host) {
    const { audience, issuer, consumer, groups, clockSkew, typ, maxBytes } = read
    const rules = {
      algorithms: new Set(algorithmsOf(read)),
      types: typ?.map((type) => type.toLowerCase().replace(/^application\//, '')),
      skewMs: clockSkew,
      maxBytes,
      consumer,
      groups,
      issuer,
      audience: audience === false ? undefined : audience,
      require: read.require ?? [],
      mustEnd: true,
    }
    const verifier = host.keep(
      'verifier',
      () => new Verifier(rules, host.clock, (onChange) => keySource(read, host, onChange)),
    )
    return tokenAuthenticator(host, verifier)
  },
})

function keySource(read: JwtOptions, host: AuthenticatorHost, onChange: () => void): KeySource {
  const { issuer, jwks, secret } = read
  if (secret !== undefined)
    return fixedKeys(new KeySet([readSecret(Buffer.from(secret), algorithmsOf(read))]))
  if (jwks === undefined)
    return new FetchedKeys((maxAgeMs) => discover(issuer, host.errands, maxAgeMs), host, onChange)
  if (isUrl(jwks)) return new FetchedKeys(() => jwks, host, onChange)
  const fixed = readFixedKeys(jwks)
  if (typeof fixed === 'string') throw new Error(fixed) // `check` has said so
  return fixedKeys(fixed.set)
}
