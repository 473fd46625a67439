/** A token and the keys of its issuer, for scenarios with callers who are known. */

import { generateKeyPairSync, sign } from 'node:crypto'

export const ISSUER = 'https://id.bench.test/'

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 })

/** As JSON. */
export const KEYS = JSON.stringify({
  keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }],
})

const LIVES_S = 86_400

export const TOKEN = tokenOf({
  iss: ISSUER,
  aud: 'bench',
  sub: 'caller',
  exp: Math.floor(Date.now() / 1_000) + LIVES_S,
})

function tokenOf(claims: object): string {
  const coded = [{ alg: 'RS256', kid: 'bench' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const text = coded.join('.')
  return `${text}.${sign('sha256', Buffer.from(text), pair.privateKey).toString('base64url')}`
}
