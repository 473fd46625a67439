import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const asked = (method: string, path: string, lines: string): string =>
  `${method} ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`
const allowed = (reply: string): string[] => valuesOf(reply, 'access-control-allow-origin')

test('WEB-01: a preflight is answered before credentials are asked for; any other OPTIONS is a request like others', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `authenticators: { keys: { apiKey: { header: x-api-key } } }
consumers: [{ name: a, apiKeys: ["sha256:${hash('sha256', 'K')}"] }]
routes:
  - { path: /x, to: "${service.url}", auth: keys, cors: https://app.test }
  - { path: /get, methods: [GET], to: "${service.url}", auth: keys, cors: https://app.test }
  - { path: /get, methods: [PUT], to: "${service.url}", auth: keys }
  - { path: /none, methods: [GET], to: "${service.url}" }
`,
  )
  const preflight = (path: string, origin: string, method = 'GET'): Promise<string> =>
    exchange(
      port,
      asked(
        'OPTIONS',
        path,
        `Origin: ${origin}\r\nAccess-Control-Request-Method: ${method}\r\nAccess-Control-Request-Headers: x-a, x-b\r\n`,
      ),
    )
  for (let n = 0; n < 5; n++) {
    const reply = await preflight('/x', 'https://app.test')
    assert.match(reply, /^HTTP\/1\.1 204 /)
    assert.deepEqual(allowed(reply), ['https://app.test'])
    assert.deepEqual(valuesOf(reply, 'access-control-allow-methods'), ['GET'])
    assert.deepEqual(valuesOf(reply, 'access-control-allow-headers'), ['x-a, x-b'])
    assert.deepEqual(valuesOf(reply, 'vary'), [
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    ])
  }
  const foreign = await preflight('/x', 'https://evil.test')
  assert.match(foreign, /^HTTP\/1\.1 204 /)
  assert.deepEqual(allowed(foreign), [])
  assert.match(await exchange(port, asked('OPTIONS', '/x', '')), /^HTTP\/1\.1 401 /)
  assert.match(
    await exchange(port, asked('OPTIONS', '/x', 'Origin: https://app.test\r\n')),
    /^HTTP\/1\.1 401 /,
  )

  // It is for the route that the method asked for leads to.
  assert.match(await preflight('/get', 'https://app.test'), /^HTTP\/1\.1 204 /)
  assert.match(await preflight('/get', 'https://app.test', 'PUT'), /^HTTP\/1\.1 405 /)
  assert.match(await preflight('/get', 'https://app.test', 'POST'), /^HTTP\/1\.1 405 /)
  assert.match(await preflight('/none', 'https://app.test'), /^HTTP\/1\.1 405 /)
  assert.equal(service.request(), '')

  const refused = await exchange(port, asked('GET', '/x', 'Origin: https://app.test\r\n'))
  assert.match(refused, /^HTTP\/1\.1 401 /)
  assert.deepEqual(allowed(refused), ['https://app.test'], 'a page may read why it was refused')
})

test('WEB-02: an origin is one that is named, to the letter, or a real subdomain', async (t) => {
  const service = await startRecorder(
    t,
    'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept\r\nContent-Length: 2\r\n\r\nok',
  )
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${service.url}", cors: { origins: [https://app.test, "https://*.corp.test"], credentials: true, expose: [x-a, x-b] } }]`,
  )
  const ask = (lines: string): Promise<string> => exchange(port, asked('GET', '/', lines))
  for (const origin of ['https://app.test', 'https://x.corp.test', 'https://y.x.corp.test']) {
    const reply = await ask(`Origin: ${origin}\r\n`)
    assert.deepEqual(allowed(reply), [origin])
    assert.deepEqual(valuesOf(reply, 'access-control-allow-credentials'), ['true'])
    assert.deepEqual(valuesOf(reply, 'access-control-expose-headers'), ['x-a, x-b'])
    assert.deepEqual(valuesOf(reply, 'vary'), ['Accept, Origin'])
  }
  const foreign = [
    'https://app.test.evil.test',
    'https://evilapp.test',
    'http://app.test',
    'https://app.test:8443',
    'null',
    'https://x.corp.test.evil.test',
    'https://corp.test',
    'https://app.test.',
    'https://evil.test/.corp.test',
    'https://evil.test#.corp.test',
    'https://.corp.test',
    'https://a@b.corp.test',
    'HTTPS://APP.TEST',
  ].map((origin) => `Origin: ${origin}\r\n`)
  for (const lines of [
    '',
    ...foreign,
    'Origin: https://app.test\r\nOrigin: https://app.test\r\n',
  ]) {
    const reply = await ask(lines)
    assert.match(reply, /^HTTP\/1\.1 200 /)
    assert.deepEqual(allowed(reply), [], lines)
    assert.deepEqual(valuesOf(reply, 'vary'), ['Accept, Origin'])
  }
})

test('what a preflight is told is what the route says, for as long as it says', async (t) => {
  const { port } = await startGateway(
    t,
    'routes: [{ path: /, respond: x, cors: { origins: "*", methods: [GET, PUT], headers: [x-a, X-B], maxAge: 1h } }]',
  )
  const lines =
    'Origin: https://any.test\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-c\r\n'
  const reply = await exchange(port, asked('OPTIONS', '/', lines))
  assert.deepEqual(allowed(reply), ['*'])
  assert.deepEqual(valuesOf(reply, 'access-control-allow-methods'), ['GET, PUT'])
  assert.deepEqual(valuesOf(reply, 'access-control-allow-headers'), ['x-a, x-b'])
  assert.deepEqual(valuesOf(reply, 'access-control-max-age'), ['3600'])
  assert.deepEqual(valuesOf(reply, 'access-control-allow-credentials'), [])
})

test('csrf: a page of another site cannot make a browser change something', async (t) => {
  const { port } = await startGateway(
    t,
    'routes: [{ path: /, respond: x, csrf: { origins: https://app.test } }]',
  )
  const status = async (method: string, lines: string): Promise<string> =>
    (await exchange(port, asked(method, '/', `${lines}Content-Length: 0\r\n`))).slice(9, 12)
  const rows: [method: string, lines: string, status: string][] = [
    ['POST', '', '200'],
    ['POST', 'Sec-Fetch-Site: same-origin\r\n', '200'],
    ['POST', 'Sec-Fetch-Site: none\r\n', '200'],
    ['POST', 'Sec-Fetch-Site: cross-site\r\n', '403'],
    ['POST', 'Sec-Fetch-Site: same-site\r\n', '403'],
    ['POST', 'Sec-Fetch-Site: cross-site\r\nOrigin: https://app.test\r\n', '200'],
    ['POST', 'Origin: http://gw.test\r\n', '200'],
    ['POST', 'Origin: https://gw.test\r\n', '403'],
    ['POST', 'Origin: null\r\n', '403'],
    ['POST', 'Origin: http://evil.test\r\n', '403'],
    ['POST', 'Origin: https://app.test\r\nOrigin: https://app.test\r\n', '403'],
    ['DELETE', 'Origin: http://evil.test\r\n', '403'],
    ['GET', 'Sec-Fetch-Site: cross-site\r\n', '200'],
  ]
  for (const [method, lines, expected] of rows)
    assert.equal(await status(method, lines), expected, `${method} ${lines}`)
})

test('ip: addresses that may call, and those that may not', async (t) => {
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /allow, respond: x, ip: { allow: 127.0.0.0/8 } }
  - { path: /other, respond: x, ip: { allow: 10.0.0.0/8 } }
  - { path: /deny, respond: x, ip: { deny: 127.0.0.1 } }
  - { path: /both, respond: x, ip: { allow: 127.0.0.0/8, deny: 127.0.0.1 } }
`,
  )
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  assert.deepEqual(
    await Promise.all(['/allow', '/other', '/deny', '/both'].map(status)),
    [200, 403, 403, 403],
  )
})
