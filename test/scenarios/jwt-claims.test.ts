import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'
import { until } from '../kit/until.ts'
import { claimsFor, ISSUER, keySetOf, makeKey, part, signed } from '../kit/tokens.ts'

const k1 = makeKey('RS256', 'k1')

const yaml = (service: string): string => `
authenticators: { one: { jwt: { issuer: ${ISSUER}, audience: api, jwks: '${keySetOf(k1)}' } } }
routes: [{ path: /**, auth: one, to: "${service}" }]
`

async function start(t: TestContext) {
  const service = await startRecorder(t)
  const { port, url } = await startGateway(t, yaml(service.url))
  const status = async (authorization: string): Promise<string> => {
    const head = `GET / HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\nAuthorization: ${authorization}\r\n\r\n`
    const reply = await exchange(port, head)
    if (reply.startsWith('HTTP/1.1 401')) {
      assert.match(reply, /\r\nwww-authenticate: Bearer realm="api"/i)
      assert.doesNotMatch(reply, /iss\.test|k1|node|stack/, 'nothing of what is inside')
    }
    return reply.slice(9, 12)
  }
  const said = async (claims: Record<string, unknown> | string): Promise<string> =>
    status(`Bearer ${signed(k1, claims)}`)
  return { port, url, status, said }
}

const nowS = (): number => Math.floor(Date.now() / 1e3)

/** Good claims with `exp` written so. */
const withExp = (text: string): string =>
  JSON.stringify(claimsFor()).replace(/"exp":\d+/, `"exp":${text}`)

test('JWT-03: exp is there and a date, or the token is none; nbf and iat are dates where they are', async (t) => {
  const { said } = await start(t)
  const written = [
    '"9999999999"',
    'null',
    '-1',
    '1e400',
    '{}',
    'true',
    '[9999999999]',
    '""',
    `${nowS() - 3_600}`,
  ]
  for (const exp of written) assert.equal(await said(withExp(exp)), '401', exp)
  assert.equal(await said(claimsFor({ exp: undefined })), '401')
  assert.equal(await said(claimsFor({ nbf: 'soon' })), '401')
  assert.equal(await said(claimsFor({ iat: null })), '401')
  assert.equal(await said(withExp('1893456000.5')), '200')
})

test('JWT-05: the issuer is compared to the letter', async (t) => {
  const { said } = await start(t)
  for (const iss of [
    `${ISSUER}/`,
    `${ISSUER}.evil.test`,
    ISSUER.toUpperCase(),
    undefined,
    [ISSUER],
    '',
    null,
  ])
    assert.equal(await said(claimsFor({ iss })), '401', JSON.stringify(iss))
  assert.equal(await said(claimsFor()), '200')
})

test('a token is for one of the audience', async (t) => {
  const { said } = await start(t)
  for (const aud of ['api2', 'API', 'api ', undefined, null, [], [['api']], { api: 1 }, ['x', 'y']])
    assert.equal(await said(claimsFor({ aud })), '401', JSON.stringify(aud))
  assert.equal(await said(claimsFor({ aud: ['x', 'api'] })), '200')
})

test('JWT-06: clocks may differ a little, either way', async (t) => {
  const { said } = await start(t)
  const now = nowS()
  const cases: [Record<string, unknown>, string][] = [
    [{ exp: now - 3 }, '200'],
    [{ exp: now - 30 }, '401'],
    [{ nbf: now + 3 }, '200'],
    [{ nbf: now + 30 }, '401'],
    [{ iat: now + 86_400 }, '401'],
  ]
  for (const [more, status] of cases)
    assert.equal(await said(claimsFor(more)), status, JSON.stringify(more))
})

test('JWT-06: a token that ends while its request is under way ends nothing', async (t) => {
  const slow = await startBackend(t, () => {})
  const { port } = await startGateway(t, yaml(slow.url))
  const exp = Date.now() / 1e3 - 3
  const head = `GET / HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer`
  const token = signed(k1, claimsFor({ exp, iat: exp - 60 }))
  const client = new RawClient(port).send(`${head} ${token}\r\n\r\n`)
  t.after(() => client.close())
  await until(() => slow.connections.length > 0 && Date.now() / 1e3 > exp + 5)
  slow.connections[0]!.socket.write(OK)
  assert.match(await client.replies(), /^HTTP\/1\.1 200 /)
  assert.match(await exchange(port, `${head} ${token}\r\n\r\n`), /^HTTP\/1\.1 401 /)
})

test('JWT-12: what is malformed is refused, never a failure', async (t) => {
  const { status, said, port } = await start(t)
  const token = signed(k1)
  const [head, body, signature] = token.split('.') as [string, string, string]
  const refused: Record<string, string> = {
    nothing: 'Bearer',
    '10000 dots': `Bearer ${'.'.repeat(10_000)}`,
    'two dots': 'Bearer ..',
    'another dot': `Bearer ${token}.`,
    'a dot before it': `Bearer .${token}`,
    padding: `Bearer ${head}=.${body}.${signature}`,
    'the other alphabet': `Bearer ${head}.${body}.${signature.slice(0, -3)}+/A`,
    'a space in it': `Bearer ${head}. ${body}.${signature}`,
    'a tab in it': `Bearer ${head}.\t${body}.${signature}`,
    'stray bits': `Bearer ${head}.${body}.${signature.slice(0, -1)}${signature.endsWith('B') ? 'C' : 'B'}`,
    'bytes beyond ASCII': `Bearer ${head}.${body}.${signature}\xe9`,
    'two tokens': `Bearer ${token}, Bearer ${token}`,
    'a scheme of two': `Basic x, Bearer ${token}`,
    quotes: `Bearer "${token}"`,
    'five parts': `Bearer ${token}.AA.AA`,
  }
  for (const [what, authorization] of Object.entries(refused))
    assert.equal(await status(authorization), '401', what)
  assert.match(await status(`Bearer ${'a'.repeat(100_000)}`), /^4(?:01|31)$/)
  assert.equal(await status(`Bearer ${'a'.repeat(9_000)}`), '401')
  for (const payload of ['not JSON', '[1]', 'null', '7', '""', '{"exp":1', '', '{}{}'])
    assert.equal(await said(payload), '401', payload)
  const good = JSON.stringify(claimsFor())
  assert.equal(await said(good.replace('{', '{"sub":"root",')), '401', 'sub twice')
  assert.equal(
    await said(good.replace('{', String.raw`{"\u0073ub":"root",`)),
    '401',
    'sub twice, once escaped',
  )
  assert.equal(await said(good.replace('anna', String.raw`an\u0000na`)), '401', 'NUL in sub')
  assert.equal(
    await said(good.replace('anna', String.raw`an\ud800na`)),
    '401',
    'half a character in sub',
  )
  assert.equal(
    await status(`Bearer ${part('{"alg":"RS256","alg":"none","kid":"k1"}')}.${body}.`),
    '401',
  )
  assert.equal(await status(`bearer ${token}`), '200')
  assert.equal(await status(`Bearer  ${token}`), '200')
  const two = `GET / HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`
  assert.match(await exchange(port, two), /^HTTP\/1\.1 40[01] /)
})
