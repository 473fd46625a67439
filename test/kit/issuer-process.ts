/** An OpenID provider as a process of its own; see issuer.ts. Any name with any password logs in. */

import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { createServer } from 'node:http'
import { type Configuration, Provider } from 'oidc-provider'
import type { IssuerOrder, IssuerOptions } from './issuer.ts'

const {
  port,
  clients,
  accessTokenTtlS = 300,
  alg = 'RS256',
} = JSON.parse(process.argv[2]!) as IssuerOptions & { readonly port: number }

const url = `http://127.0.0.1:${port}`
let made = 0
let keys = [newKey()]
let provider = newProvider()
let fault: { readonly status: number; readonly body: string } | undefined

function newKey(): JsonWebKey {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${++made}`, alg, use: 'sig' }
}

/** What was issued before stays: it is kept beside the providers. */
function newProvider(): Provider {
  const configuration: Configuration = {
    jwks: { keys },
    clients: clients.map((client) => Object.assign({ id_token_signed_response_alg: alg }, client)),
    cookies: { keys: ['of tests alone'] },
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'roles'], email: ['email'], profile: ['name'] },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'read', 'write'],
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, roles: ['staff'], name: id, email: `${id}@shop.test` }),
    }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTokenTtlS,
      IdToken: 3_600,
      Session: 3_600,
      Grant: 3_600,
      Interaction: 600,
    },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          audience: resource,
          scope: 'read write',
          accessTokenFormat: 'jwt',
          accessTokenTTL: accessTokenTtlS,
          jwt: { sign: { alg } },
        }),
      },
    },
  }
  return new Provider(url, configuration)
}

process.on('message', (order: IssuerOrder) => {
  if (order.kind === 'rotate') {
    keys = order.keepsOld ? [newKey(), ...keys] : [newKey()]
    provider = newProvider()
  } else fault = order.fault
  process.send!('done')
})
process.on('disconnect', () => process.exit())

createServer((request, response) => {
  if (fault !== undefined) response.writeHead(fault.status).end(fault.body)
  else void provider.callback()(request, response)
}).listen(port, '127.0.0.1', () => process.send!('listening'))
