import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { type KeyServer, startKeyServer } from '../kit/key-server.ts'
import { until } from '../kit/until.ts'

process.env['TEST_INTROSPECTION_SECRET'] = 'secret of the gateway'

const yaml = (issuer: string, more = ''): string => `
authenticators:
  legacy: { introspection: { url: "${issuer}/introspect", clientId: gw, clientSecret: "\${env:TEST_INTROSPECTION_SECRET}"${more} } }
defaults: { auth: legacy }
routes:
  - { path: /a, authorize: { scopes: read }, respond: a }
  - { path: /b, authorize: { scopes: write }, respond: b }
  - { path: /any, respond: any }
`

async function ask(url: string, token: string): Promise<string> {
  const reply = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  await reply.text()
  const error = /error="(\w+)"/.exec(reply.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  return `${reply.status} ${error}`.trim()
}

/** Says what `says` says of a token, and counts who asks. */
async function startServer(
  t: Parameters<typeof startKeyServer>[0],
  says: (token: string) => object,
) {
  const asked: string[] = []
  const server = await startKeyServer(t, '')
  server.answer = (request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      const token = new URLSearchParams(body).get('token')!
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(says(token)))
    })
  }
  return { server, url: server.url, asked }
}

test('KEY-04: what a token is good for is asked of each route, however fresh its answer is', async (t) => {
  const { url: issuer, asked } = await startServer(t, (scope) => ({
    active: true,
    sub: 'anna',
    scope,
  }))
  const { url } = await startGateway(t, yaml(issuer))
  assert.equal(await ask(`${url}/a`, 'read'), '200')
  assert.equal(await ask(`${url}/b`, 'read'), '403 insufficient_scope')
  assert.equal(await ask(`${url}/b`, 'write'), '200')
  assert.equal(await ask(`${url}/a`, 'write'), '403 insufficient_scope')
  assert.deepEqual(
    asked,
    Array(2).fill(
      `POST /introspect Basic ${Buffer.from('gw:secret+of+the+gateway').toString('base64')}`,
    ),
  )
})

test('what is not active is 401, and an answer holds no longer than the cache says', async (t) => {
  let isActive = true
  const { url: issuer, asked } = await startServer(t, () => ({ active: isActive, sub: 'anna' }))
  const { url } = await startGateway(t, yaml(issuer, ', cache: 2s'))
  assert.equal(await ask(`${url}/any`, 'one'), '200')
  isActive = false
  assert.equal(await ask(`${url}/any`, 'one'), '200')
  assert.equal(asked.length, 1)
  await until(async () => (await ask(`${url}/any`, 'one')) === '401 invalid_token')
})

test('a hundred requests with one new token ask once in each worker', async (t) => {
  const { server, url: issuer, asked } = await startServer(t, () => ({ active: true, sub: 'anna' }))
  server.delayMs = 300
  const { url } = await startGateway(t, yaml(issuer))
  const all = await Promise.all(Array.from({ length: 100 }, () => ask(`${url}/any`, 'one')))
  assert.ok(all.every((status) => status === '200'))
  assert.equal(asked.length, 1)
})

test('a client that leaves takes the answer from nobody who waits for it, too', async (t) => {
  const { server, url: issuer, asked } = await startServer(t, () => ({ active: true, sub: 'anna' }))
  server.delayMs = 300
  const { url } = await startGateway(t, yaml(issuer))
  const left = fetch(`${url}/any`, {
    headers: { authorization: 'Bearer one' },
    signal: AbortSignal.timeout(100),
  })
  const stayed = ask(`${url}/any`, 'one')
  await assert.rejects(left)
  assert.equal(await stayed, '200')
  assert.equal(asked.length, 1)
})

const MISDEEDS: Readonly<Record<string, (server: KeyServer) => unknown>> = {
  'is away': (server) => server.stop(),
  'takes connections, and says nothing': (server) => (server.answer = () => {}),
  'answers 500': (server) => (server.answer = (_, response) => response.writeHead(500).end()),
  'does not know the gateway': (server) =>
    (server.answer = (_, response) => response.writeHead(401).end()),
  'answers with a page': (server) =>
    (server.answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('{"active":true}')),
  'answers with half of its JSON': (server) =>
    (server.answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true')),
  'answers with 5 MB': (server) =>
    (server.answer = (_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"active":true,"x":"${'x'.repeat(5e6)}"}`)),
  'sends us elsewhere': (server) =>
    (server.answer = (_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:9/introspect' }).end()),
  'breaks its answer off': (server) =>
    (server.answer = (_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '99' })
        .write('{"active":true}')
      setImmediate(() => response.destroy())
    }),
}

for (const [what, misbehave] of Object.entries(MISDEEDS)) {
  test(`an introspection endpoint that ${what}: 503, and nobody passes; once it is well again they do`, async (t) => {
    const { server, url: issuer } = await startServer(t, () => ({ active: true, sub: 'anna' }))
    const wellAgain = server.answer
    const { url } = await startGateway(t, yaml(issuer, ', timeout: 1s'))
    assert.equal(await ask(`${url}/any`, 'known'), '200')
    await misbehave(server)
    assert.equal(await ask(`${url}/any`, 'other'), '503')
    assert.equal(await ask(`${url}/any`, 'known'), '200', 'its answer still holds')
    const back =
      what === 'is away' ? await startKeyServer(t, '', Number(new URL(issuer).port)) : server
    back.answer = wellAgain
    await until(async () => (await ask(`${url}/any`, 'other')) === '200')
  })
}

test('a service beyond that is slow is no matter of the endpoint’s time limit', async (t) => {
  const { url: issuer } = await startServer(t, () => ({ active: true, sub: 'anna' }))
  const slow = await startBackend(t, ({ socket }, isWhole) => {
    if (isWhole)
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 1_300)
  })
  const { url } = await startGateway(
    t,
    yaml(issuer, ', timeout: 1s').replace('respond: any', `to: "${slow.url}"`),
  )
  assert.equal(await ask(`${url}/any`, 'one'), '200')
})
