/** A gateway whose pages are for people who log in, the issuer where they do, and what the service was asked. */

import type { TestContext } from 'node:test'
import { answering, startBackend } from './backend.ts'
import { Authority } from './certificates.ts'
import { freePort } from './free-port.ts'
import { startGateway, type TestGateway } from './gateway.ts'
import { type IssuerOptions, startIssuer, type TestIssuer } from './issuer.ts'

const SECRET = 'known to both of them'

export interface LoginScene {
  /** To a browser another site than the issuer's: `localhost`, and 127.0.0.1. */
  readonly site: string
  readonly issuer: TestIssuer
  /** As the service got them. */
  readonly requests: readonly string[]
  readonly gateway: TestGateway
}

interface Wanted {
  readonly issuing?: Partial<IssuerOptions>
  readonly workers?: number
  readonly isTls?: boolean
  /** Members of `oidc`. */
  readonly oidc?: string
  /** At the top of the file. */
  readonly top?: string
}

export async function startLoginScene(t: TestContext, wanted: Wanted = {}): Promise<LoginScene> {
  const { issuing, workers = 1, isTls = false, oidc = '', top = '' } = wanted
  const port = await freePort()
  const site = `${isTls ? 'https' : 'http'}://localhost:${port}`
  const issuer = await startIssuer(t, {
    clients: [
      {
        client_id: 'gw',
        client_secret: SECRET,
        redirect_uris: ['', '/qa'].map((prefix) => `${site}${prefix}/login/callback`),
        post_logout_redirect_uris: [`${site}/bye`],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    ...issuing,
  })
  const requests: string[] = []
  const backend = await startBackend(
    t,
    answering((request) => {
      requests.push(request)
      return pageFor(request)
    }),
  )
  process.env['OIDC_TEST_SECRET'] = SECRET
  const { certFile, keyFile } = isTls ? new Authority().issue({ names: ['localhost'] }) : {}
  const tls = isTls ? `, tls: { certificates: { cert: ${certFile}, key: ${keyFile} } }` : ''
  const gateway = await startGateway(
    t,
    `${top}authenticators:\n  staff: { oidc: { issuer: "${issuer.url}", clientId: gw, clientSecret: "\${env:OIDC_TEST_SECRET}", ` +
      `scopes: [openid, email, offline_access], groups: claims.roles, paths: { afterLogout: /bye }${oidc} } }\n` +
      `routes:\n  - { path: /bye, respond: "bye" }\n` +
      `  - { path: /**, to: "${backend.url}", auth: staff, authorize: { groups: [staff] }, identity: { headers: { x-user: claims.sub, x-mail: claims.email } } }\n`,
    { listen: `listeners: { main: { host: 127.0.0.1, port: ${port}${tls} } }`, workers },
  )
  return { site, issuer, requests, gateway }
}

/** Its title is who is known. */
function pageFor(request: string): string {
  const user = /^x-user: (.*)\r$/m.exec(request)?.[1]
  const body = `<title>${user}</title>${request.split(' ', 2)[1]} as ${user}`
  return `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
