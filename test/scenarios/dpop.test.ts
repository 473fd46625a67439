import assert from 'node:assert/strict'
import { hash, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { Authority } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { startKeyServer } from '../kit/key-server.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'
import { askTls } from '../kit/tls-client.ts'
import {
  claimsFor,
  ISSUER,
  keySetOf,
  makeKey,
  proofFor,
  signed,
  thumbprintOf,
} from '../kit/tokens.ts'

const issuer = makeKey('ES256', 'k1')
const mine = makeKey('ES256', 'mine')
const thiefs = makeKey('ES256', 'mine')

const jwt = `jwt: { issuer: ${ISSUER}, audience: api, jwks: '${keySetOf(issuer)}' }`
const bound = signed(issuer, claimsFor({ cnf: { jkt: thumbprintOf(mine) } }))
const free = signed(issuer)

const asking = (fields: string, path = '/x'): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n${fields}\r\n`

const proof = (htu = 'http://gw.test/x', key = mine, token = bound, more: object = {}): string =>
  proofFor(key, token, { htm: 'GET', htu, ...more })

/** The status, the scheme that is asked for and the error. */
function outcomeOf(reply: string): string {
  const [, scheme = '', error = ''] =
    /\r\nwww-authenticate: (\w+) .*?(?:error="(\w+)"|\r\n)/i.exec(reply) ?? []
  return `${reply.slice(9, 12)} ${scheme} ${error}`.trim()
}

test('a token that is bound to a key is good with a new proof for each request, and with none else', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `authenticators: { one: { ${jwt} } }\nroutes: [{ path: /**, auth: one, to: "${service.url}" }]\n`,
    { workers: 2 },
  )
  const ask = async (fields: string): Promise<string> =>
    outcomeOf(await exchange(port, asking(fields)))
  const withProof = async (...proofs: string[]): Promise<string> =>
    ask(`Authorization: DPoP ${bound}\r\n${proofs.map((each) => `DPoP: ${each}\r\n`).join('')}`)

  assert.equal(await withProof(proof()), '200')
  assert.equal(await withProof(proof()), '200')
  assert.doesNotMatch(service.request(), /dpop|authorization/i)

  const used = proof()
  const twice = await Promise.all(Array.from({ length: 8 }, () => withProof(used)))
  assert.equal(
    twice.filter((outcome) => outcome === '200').length,
    1,
    'once, whichever worker it comes to',
  )
  assert.equal(twice.filter((outcome) => outcome === '401 DPoP invalid_dpop_proof').length, 7)

  for (const [what, ...proofs] of [
    ['none'],
    ['two', proof(), proof()],
    ['of another key', proof(undefined, thiefs)],
    ['for another path', proof('http://gw.test/y')],
    ['for another host', proof('http://other.test/x')],
    ['for another token', proof(undefined, mine, free)],
    ['too old', proof(undefined, mine, bound, { iat: Date.now() / 1e3 - 120 })],
    ['garbage', 'x'],
  ] as const)
    assert.equal(await withProof(...proofs), '401 DPoP invalid_dpop_proof', what)

  assert.equal(
    await ask(`Authorization: Bearer ${bound}\r\nDPoP: ${proof()}\r\n`),
    '401 DPoP invalid_token',
  )
  assert.equal(
    await ask(`Authorization: DPoP ${free}\r\nDPoP: ${proof(undefined, mine, free)}\r\n`),
    '401 Bearer invalid_token',
  )
  assert.equal(await ask(`Authorization: Bearer ${free}\r\n`), '200')
})

test('a proof is for the path that the client sees, with the prefix of its stage', async (t) => {
  const { port } = await startGateway(
    t,
    `stages: { qa: { hosts: [gw.test], pathPrefix: /qa } }
authenticators: { one: { ${jwt} } }
routes: [{ path: /orders/**, auth: one, respond: hi }]\n`,
  )
  const ask = async (htu: string): Promise<string> => {
    const fields = `Authorization: dpop ${bound}\r\nDPoP: ${proof(htu)}\r\n`
    return outcomeOf(await exchange(port, asking(fields, '/qa/orders/7?x=1')))
  }
  assert.equal(await ask('http://gw.test/qa/orders/7'), '200')
  assert.equal(await ask('http://gw.test/orders/7'), '401 DPoP invalid_dpop_proof')
})

test('what is introspected may be bound as well', async (t) => {
  const server = await startKeyServer(t, '')
  server.answer = (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ active: true, sub: 'anna', cnf: { jkt: thumbprintOf(mine) } }))
  }
  process.env['TEST_INTROSPECTION_SECRET'] = 'secret of the gateway'
  const { port } = await startGateway(
    t,
    `authenticators: { one: { introspection: { url: "${server.url}/i", clientId: gw, clientSecret: "\${env:TEST_INTROSPECTION_SECRET}" } } }
routes: [{ path: /**, auth: one, respond: hi }]\n`,
  )
  const good = `Authorization: DPoP opaque\r\nDPoP: ${proof(undefined, mine, 'opaque')}\r\n`
  assert.equal(outcomeOf(await exchange(port, asking(good))), '200')
  const bare = 'Authorization: Bearer opaque\r\n'
  assert.equal(outcomeOf(await exchange(port, asking(bare))), '401 DPoP invalid_token')
})

test('a token that is bound to a certificate is good on connections of that certificate alone (RFC 8705)', async (t) => {
  const ca = new Authority()
  const clients = new Authority('Clients')
  const [own, anna, bob] = [
    ca.issue(),
    clients.issue({ subject: 'anna' }),
    clients.issue({ subject: 'bob' }),
  ]
  const { port } = await startGateway(
    t,
    `authenticators: { one: { ${jwt} } }\nroutes: [{ path: /**, auth: one, respond: hi }]\n`,
    {
      listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: { cert: ${own.certFile}, key: ${own.keyFile} }, clientCertificates: { ca: ${clients.certFile}, mode: optional } } } }`,
    },
  )
  const x5t = thumbprintOfCertificate(anna.cert)
  const token = signed(issuer, claimsFor({ cnf: { 'x5t#S256': x5t } }))
  const ask = async (client: object): Promise<string> => {
    const { reply } = await askTls(
      port,
      { ca: ca.cert, ...client },
      asking(`Authorization: Bearer ${token}\r\n`),
    )
    return outcomeOf(reply)
  }
  assert.equal(await ask({ cert: anna.cert, key: anna.key }), '200')
  assert.equal(await ask({ cert: bob.cert, key: bob.key }), '401 Bearer invalid_token')
  assert.equal(await ask({}), '401 Bearer invalid_token')
})

function thumbprintOfCertificate(pem: string): string {
  return hash('sha256', new X509Certificate(pem).raw, 'base64url')
}
