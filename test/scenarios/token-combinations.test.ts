import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { startKeyServer } from '../kit/key-server.ts'
import { exchange } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { claimsFor, ISSUER, keySetOf, makeKey, signed } from '../kit/tokens.ts'
import { until } from '../kit/until.ts'

const [k1, k2] = [makeKey('ES256', 'k1'), makeKey('ES256', 'k2')]

process.env['TEST_INTROSPECTION_SECRET'] = 'secret of the gateway'

async function ask(url: string, token?: string) {
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` }
  const reply = await fetch(url, { headers: headers ?? {} })
  await reply.text()
  return { status: reply.status, asks: reply.headers.get('www-authenticate') ?? '' }
}

test('either of two ways to read tokens will do, and one that is away takes nothing from the other', async (t) => {
  const server = await startKeyServer(t, '')
  server.answer = (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('{"active":true,"sub":"bob"}')
  }
  const { url } = await startGateway(
    t,
    `authenticators:
  signed: { jwt: { issuer: ${ISSUER}, audience: api, jwks: '${keySetOf(k1)}' } }
  opaque: { introspection: { url: "${server.url}/i", clientId: gw, clientSecret: "\${env:TEST_INTROSPECTION_SECRET}" } }
routes: [{ path: /**, auth: [signed, opaque], respond: hi }]\n`,
  )
  assert.equal((await ask(url, signed(k1))).status, 200)
  assert.equal((await ask(url, 'opaque')).status, 200)
  assert.deepEqual(await ask(url), { status: 401, asks: 'Bearer realm="api"' })
  await server.stop()
  assert.equal((await ask(url, signed(k1, claimsFor({ jti: 'other' })))).status, 200)
  assert.equal((await ask(url, 'another')).status, 503)
})

test('where a token is no must, a wrong one is refused all the same', async (t) => {
  const { url } = await startGateway(
    t,
    `authenticators: { one: { jwt: { issuer: ${ISSUER}, audience: api, jwks: '${keySetOf(k1)}' } } }
routes: [{ path: /**, auth: { any: one, anonymous: true }, respond: hi }]\n`,
  )
  assert.equal((await ask(url)).status, 200)
  assert.equal((await ask(url, signed(k1))).status, 200)
  assert.equal((await ask(url, signed(k2, claimsFor(), { kid: 'k1' }))).status, 401)
  assert.equal((await ask(url, 'x')).status, 401)
})

test('keys in a file: when it changes they do, and what was checked with the old ones is void', async (t) => {
  const folder = await temporaryFolder(t, { 'keys.json': keySetOf(k1) })
  const file = join(folder, 'keys.json')
  const { url, gateway } = await startGateway(
    t,
    `authenticators: { one: { jwt: { issuer: ${ISSUER}, audience: api, jwks: ${file} } } }
routes: [{ path: /**, auth: one, respond: hi }]\n`,
  )
  const [old, next] = [signed(k1), signed(k2)]
  assert.equal((await ask(url, old)).status, 200)
  assert.equal((await ask(url, next)).status, 401)
  writeFileSync(file, keySetOf(k2))
  await gateway.reload()
  assert.equal((await ask(url, next)).status, 200)
  assert.equal((await ask(url, old)).status, 401)
  writeFileSync(file, 'no keys')
  assert.equal((await gateway.reload()).kind, 'refused')
  assert.equal((await ask(url, next)).status, 200, 'what held before goes on')
})

test('each stage has its own issuer', async (t) => {
  const { port } = await startGateway(
    t,
    `stages: { production: { hosts: [a.test] }, staging: { hosts: [b.test] } }
authenticators:
  one:
    jwt: { issuer: ${ISSUER}, audience: api, jwks: '${keySetOf(k1)}' }
    stages: { staging: { jwt: { issuer: https://staging.test, audience: api, jwks: '${keySetOf(k2)}' } } }
routes: [{ path: /**, auth: one, respond: hi }]\n`,
  )
  const status = async (host: string, token: string): Promise<string> => {
    const head = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`
    return (await exchange(port, head)).slice(9, 12)
  }
  const staging = signed(k2, claimsFor({ iss: 'https://staging.test' }))
  assert.equal(await status('a.test', signed(k1)), '200')
  assert.equal(await status('b.test', staging), '200')
  assert.equal(await status('a.test', staging), '401')
  assert.equal(await status('b.test', signed(k1)), '401')
})

test('a worker that takes the place of a dead one has the keys, though their issuer is away', async (t) => {
  const issuer = await startKeyServer(t, keySetOf(k1))
  const folder = await temporaryFolder(t, {
    'deadly.ts': `
import { defineEndpoint, z } from '${import.meta.resolve('#sdk/index')}'
export const deadly = defineEndpoint({
  name: 'deadly',
  summary: 'Ends the worker that runs it',
  options: z.literal(true),
  create: () => () => {
    setImmediate(() => { throw new Error('thrown out of any request') })
    return new Promise(() => {})
  },
})\n`,
  })
  const { url } = await startGateway(
    t,
    `plugins: ${join(folder, 'deadly.ts')}
authenticators: { one: { jwt: { issuer: "${issuer.url}", audience: api } } }
routes: [{ path: /die, deadly: true }, { path: /ok, auth: one, respond: hi }]\n`,
  )
  const token = signed(k1, claimsFor({ iss: issuer.url }))
  const status = async (): Promise<number | undefined> =>
    (await ask(`${url}/ok`, token).catch(() => undefined))?.status
  await until(async () => (await status()) === 200)
  await issuer.stop()
  await assert.rejects(fetch(`${url}/die`))
  const seen = new Set<number | undefined>()
  await until(async () => seen.add(await status()).has(200))
  assert.deepEqual(
    [...seen].filter((one) => one !== undefined),
    [200],
  )
})
