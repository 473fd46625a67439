import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { until } from '../kit/until.ts'

const RESOURCE = 'https://api.shop.test'

const CLIENT = {
  client_id: 'mobile-app',
  client_secret: 'the secret of the mobile app',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
}

const GATEWAY = {
  client_id: 'gateway',
  client_secret: 'a secret with +, : and spaces',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
}

process.env['TEST_INTROSPECTION_SECRET'] = GATEWAY.client_secret

/** A token for the resource, or an opaque one without. */
async function tokenFrom(issuer: TestIssuer, resource?: string): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'read', ...(resource && { resource }) }
  const { client_id: id, client_secret: secret } = CLIENT
  const pair = [id, secret].map((text) => new URLSearchParams({ a: text }).toString().slice(2))
  const reply = await fetch(`${issuer.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair.join(':')).toString('base64')}` },
    body: new URLSearchParams(form),
  })
  const said = (await reply.json()) as { access_token?: string }
  assert.ok(said.access_token !== undefined, JSON.stringify(said))
  return said.access_token
}

const ask = async (url: string, token: string): Promise<number> => {
  const reply = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  await reply.text()
  return reply.status
}

const yaml = (issuer: string): string => `
authenticators:
  signed: { jwt: { issuer: "${issuer}", audience: "${RESOURCE}", consumer: claims.client_id } }
  opaque:
    introspection: { url: "${issuer}/token/introspection", clientId: gateway, clientSecret: "\${env:TEST_INTROSPECTION_SECRET}", consumer: claims.client_id, cache: 1s }
routes:
  - { path: /signed, auth: signed, authorize: { scopes: read, consumers: mobile-app }, respond: hi }
  - { path: /opaque, auth: opaque, authorize: { consumers: mobile-app }, respond: hi }
  - { path: /write, auth: signed, authorize: { scopes: write }, respond: hi }
`

test('a real issuer: its tokens pass by discovery and by introspection, also with new keys, and after it was away', async (t) => {
  const options = { clients: [CLIENT, GATEWAY] }
  const issuer = await startIssuer(t, options)
  const { url } = await startGateway(t, yaml(issuer.url))
  const signed = await tokenFrom(issuer, RESOURCE)
  const opaque = await tokenFrom(issuer)
  await until(async () => (await ask(`${url}/signed`, signed)) === 200)
  assert.equal(await ask(`${url}/write`, signed), 403)
  assert.equal(await ask(`${url}/opaque`, opaque), 200)
  assert.equal(await ask(`${url}/opaque`, `${opaque}x`), 401)
  assert.equal(await ask(`${url}/signed`, opaque), 401)
  const other = await tokenFrom(issuer, 'https://other.test')
  assert.equal(await ask(`${url}/signed`, other), 401, 'it is for another API')

  await issuer.rotateKeys(false)
  const next = await tokenFrom(issuer, RESOURCE)
  await until(async () => (await ask(`${url}/signed`, next)) === 200)
  await until(async () => (await ask(`${url}/signed`, signed)) === 401)

  await issuer.stop()
  assert.equal(await ask(`${url}/signed`, next), 200, 'keys outlive their issuer')
  await until(async () => (await ask(`${url}/opaque`, opaque)) === 503)
  const again = await startIssuer(t, options, Number(new URL(issuer.url).port))
  const anew = await tokenFrom(again)
  await until(async () => (await ask(`${url}/opaque`, anew)) === 200)
})
