import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { type KeyServer, startKeyServer } from '../kit/key-server.ts'
import { claimsFor, keySetOf, makeKey, signed, type SigningKey } from '../kit/tokens.ts'
import { until } from '../kit/until.ts'

const [k1, k2, k3] = [makeKey('ES256', 'k1'), makeKey('ES256', 'k2'), makeKey('ES256', 'k3')]

/** `more`: members beside issuer and audience. */
const yaml = (issuer: string, more = ''): string => `
authenticators: { one: { jwt: { issuer: "${issuer}", audience: api${more} } } }
routes: [{ path: /**, auth: one, respond: hi }]
`

const tokenOf = (key: SigningKey, iss: string, header: Record<string, unknown> = {}): string =>
  signed(key, claimsFor({ iss }), header)

/** The status, and seconds after which to come again where that is said: `503 1`. */
async function ask(url: string, token: string): Promise<string> {
  const reply = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  await reply.text()
  return `${reply.status} ${reply.headers.get('retry-after') ?? ''}`.trim()
}

test('keys are found by what the issuer says of itself, and a file or a URL does as well', async (t) => {
  const issuer = await startKeyServer(t, keySetOf(k1))
  const gateway = await startGateway(t, yaml(issuer.url))
  await until(async () => (await ask(gateway.url, tokenOf(k1, issuer.url))) === '200')
  assert.equal(await ask(gateway.url, tokenOf(k2, issuer.url, { kid: 'k1' })), '401')
  await gateway.reload(yaml('shop', `, jwks: "${issuer.url}/keys"`))
  await until(async () => (await ask(gateway.url, tokenOf(k1, 'shop'))) === '200')
})

test('JWT-07: a new key is known as soon as a token names it, and a removed one is not known any more', async (t) => {
  const issuer = await startKeyServer(t, keySetOf(k1))
  const { url } = await startGateway(t, yaml(issuer.url), { workers: 2 })
  await until(async () => (await ask(url, tokenOf(k1, issuer.url))) === '200')
  issuer.keys = keySetOf(k2)
  const meanwhile = Array.from({ length: 20 }, () => ask(url, tokenOf(k1, issuer.url)))
  const isKnown = async (key: SigningKey): Promise<boolean> =>
    (await ask(url, tokenOf(key, issuer.url))) === '200'
  for (let n = 0; n < 10; n++) assert.ok(await isKnown(k2), `${n}`)
  assert.ok((await Promise.all(meanwhile)).every((status) => status === '200' || status === '401'))
  await until(async () => !(await isKnown(k1)))
  for (let n = 0; n < 10; n++) assert.equal(await isKnown(k1), false)
})

test('JWT-08: made-up names of keys make nobody wait and nobody ask, but for one', async (t) => {
  const issuer = await startKeyServer(t, keySetOf(k1))
  const { url } = await startGateway(t, yaml(issuer.url), { workers: 2 })
  await until(async () => (await ask(url, tokenOf(k1, issuer.url))) === '200')
  issuer.delayMs = 1_500
  const before = issuer.fetches()
  let slowestMs = 0
  const made: Promise<string>[] = []
  for (let n = 0; n < 50; n++) {
    for (let each = 0; each < 10; each++)
      made.push(ask(url, tokenOf(k3, issuer.url, { kid: randomUUID() })))
    const startedAt = performance.now()
    assert.equal(await ask(url, tokenOf(k1, issuer.url)), '200')
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
  }
  assert.deepEqual([...new Set(await Promise.all(made))], ['401'])
  assert.ok(issuer.fetches() - before <= 2, `${issuer.fetches() - before} fetches`)
  assert.ok(slowestMs < 1_000, `the slowest good one took ${slowestMs} ms`)
})

test('a gateway starts while its issuer is away: 503 until it is there, and then within seconds 200', async (t) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const gateway = await startGateway(t, yaml(url))
  assert.match(await ask(gateway.url, tokenOf(k1, url)), /^503 \d+$/)
  assert.equal(await ask(gateway.url, 'no token'), '401', 'what is no token at all needs no keys')
  await startKeyServer(t, keySetOf(k1), port)
  await until(async () => (await ask(gateway.url, tokenOf(k1, url))) === '200', 10_000)
})

/** What an issuer may do to us: first, and once its keys were there. */
const MISDEEDS: Readonly<Record<string, (issuer: KeyServer) => unknown>> = {
  'is away': (issuer) => issuer.stop(),
  'takes connections, and says nothing': (issuer) => (issuer.answer = () => {}),
  'answers 500': (issuer) => (issuer.answer = (_, response) => response.writeHead(500).end()),
  'answers with a page': (issuer) => (issuer.answer = (_, response) => response.end('<html>')),
  'answers with half of its JSON': (issuer) =>
    (issuer.answer = (_, response) => response.end(issuer.keys.slice(0, 50))),
  'breaks its answer off': (issuer) =>
    (issuer.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{')
      setImmediate(() => response.destroy())
    }),
  'answers with 5 MB': (issuer) =>
    (issuer.answer = (_, response) => response.end(`{"keys":[${' '.repeat(5e6)}]}`)),
  'sends us elsewhere': (issuer) =>
    (issuer.answer = (_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:9/keys' }).end()),
  'has no keys': (issuer) => (issuer.keys = '{"keys":[]}'),
  'has keys for encryption alone': (issuer) =>
    (issuer.keys = JSON.stringify({ keys: [{ ...k1.jwk, use: 'enc' }] })),
  'is another': (issuer) =>
    (issuer.answer = (_, response) =>
      response.end(
        JSON.stringify({ issuer: 'http://other.test', jwks_uri: `${issuer.url}/keys` }),
      )),
}

for (const [what, misbehave] of Object.entries(MISDEEDS)) {
  test(`an issuer that ${what}: nobody passes before there are keys; those there were go on, and a strange key is not told from a new one`, async (t) => {
    const issuer = await startKeyServer(t, keySetOf(k1))
    const { url } = issuer
    const good = await startGateway(t, yaml(url))
    await until(async () => (await ask(good.url, tokenOf(k1, url))) === '200')
    await misbehave(issuer)
    const bad = await startGateway(t, yaml(url, ', clockSkew: 4s')) // another authenticator: it has no keys
    const never = ask(bad.url, tokenOf(k1, url))
    assert.equal(await ask(good.url, signed(k1, claimsFor({ iss: url, jti: 'new' }))), '200')
    assert.match(await ask(good.url, tokenOf(k3, url)), /^503 \d+$/)
    assert.equal(await ask(good.url, tokenOf(k2, url, { kid: 'k1' })), '401')
    assert.match(await never, /^503 \d+$/)
  })
}

test('a reload while the issuer is away keeps its keys, also where the authenticator changes', async (t) => {
  const issuer = await startKeyServer(t, keySetOf(k1))
  const gateway = await startGateway(t, yaml(issuer.url))
  await until(async () => (await ask(gateway.url, tokenOf(k1, issuer.url))) === '200')
  const before = issuer.fetches()
  await issuer.stop()
  await gateway.reload(`${yaml(issuer.url)}# another file\n`)
  assert.equal(await ask(gateway.url, tokenOf(k1, issuer.url)), '200')
  await gateway.reload(yaml(issuer.url, ', clockSkew: 9s'))
  assert.equal(
    await ask(gateway.url, tokenOf(k1, issuer.url)),
    '200',
    'what was fetched last will do',
  )
  assert.equal(issuer.fetches(), before)
})

test('tokens of another issuer, and those that have expired, send nobody for keys and wait for nobody', async (t) => {
  const [one, two] = [await startKeyServer(t, keySetOf(k1)), await startKeyServer(t, keySetOf(k2))]
  const { url } = await startGateway(
    t,
    `authenticators:
  one: { jwt: { issuer: "${one.url}", audience: api } }
  two: { jwt: { issuer: "${two.url}", audience: api } }
routes: [{ path: /**, auth: [one, two], respond: hi }]\n`,
  )
  await until(async () => (await ask(url, tokenOf(k1, one.url))) === '200')
  await until(async () => (await ask(url, tokenOf(k2, two.url))) === '200')
  const before = one.fetches()
  await one.stop()
  assert.equal(await ask(url, signed(k2, claimsFor({ iss: two.url, jti: 'new' }))), '200')
  assert.equal(await ask(url, signed(k3, claimsFor({ iss: one.url, exp: 1_700_000_000 }))), '401')
  assert.equal(one.fetches(), before)
})
