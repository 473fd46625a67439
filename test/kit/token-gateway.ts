/** A gateway with two issuers, one with keys and one with a secret, and a service that says what came through. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { startGateway } from './gateway.ts'
import { exchange } from './raw-client.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { keySetOf, makeKey } from './tokens.ts'

export const SECRET = 'the secret of the second issuer.'
export const k1 = makeKey('RS256', 'k1')
export const e1 = makeKey('ES256', 'e1')

const YAML = (service: string): string => `
authenticators:
  one:
    jwt: { issuer: https://iss.test, audience: api, algorithms: [RS256, ES256], jwks: '${keySetOf(k1, e1)}' }
  two: { jwt: { issuer: https://second.test, audience: api, secret: "\${env:TEST_JWT_SECRET}" } }
defaults: { auth: one, identity: { headers: { x-user-id: claims.sub } } }
routes:
  - { path: /one/**, to: "${service}" }
  - { path: /two/**, auth: two, to: "${service}" }
  - { path: /read, to: "${service}", authorize: { scopes: orders:read } }
`

export interface TokenGateway {
  readonly port: number
  readonly service: Recorder
  /** The status, and what WWW-Authenticate says of the error. */
  readonly ask: (token: string, path?: string) => Promise<string>
}

export async function startTokenGateway(t: TestContext): Promise<TokenGateway> {
  process.env['TEST_JWT_SECRET'] = SECRET
  const service = await startRecorder(t)
  const { port } = await startGateway(t, YAML(service.url))
  return {
    port,
    service,
    async ask(token, path = '/one/x') {
      service.forget()
      const reply = await exchange(port, request(`Authorization: Bearer ${token}\r\n`, path))
      const status = reply.slice(9, 12)
      assert.equal(service.request() !== '', status === '200', 'refused requests go nowhere')
      return `${status} ${/error="([^"]*)"/.exec(reply)?.[1] ?? ''}`.trim()
    },
  }
}

export const request = (fields: string, path = '/one/x'): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n${fields}\r\n`
