import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const asked = (path: string, lines = '', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`
const statusOf = (reply: string): string => reply.slice(9, 12)

/** How many of so many at once passed; all others were refused. */
async function passes(port: number, count: number, text: string): Promise<number> {
  const replies = await Promise.all(Array.from({ length: count }, () => exchange(port, text)))
  const statuses = replies.map(statusOf)
  const passed = statuses.filter((status) => status === '200').length
  assert.equal(statuses.filter((status) => status === '429').length, count - passed)
  return passed
}

test('RTL-01: of many at once exactly as many pass as the limit says, over all workers, and no other is counted', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /gcra, to: "${service.url}", rateLimit: { limit: 10/min, by: "header:x-key" } }
  - { path: /window, to: "${service.url}", rateLimit: { limit: 10/h, by: "header:x-key", algorithm: fixedWindow } }
  - { path: /sliding, to: "${service.url}", rateLimit: { limit: 10/h, by: "header:x-key", algorithm: slidingWindow } }
`,
    { workers: 2 },
  )
  for (const path of ['/gcra', '/window', '/sliding']) {
    assert.equal(await passes(port, 100, asked(path, 'X-Key: a\r\n')), 10, path)
    assert.equal(
      await passes(port, 10, asked(path, 'X-Key: b\r\n')),
      10,
      'others are not concerned',
    )
  }
})

test('RTL-08: what is refused reaches neither the service nor whoever checks credentials', async (t) => {
  const service = await startRecorder(t)
  let checks = 0
  const checker = await startRecorder(t, () => {
    checks++
    return 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
  })
  const { port } = await startGateway(
    t,
    `authenticators: { checker: { forwardAuth: { url: "${checker.url}/check", send: [authorization] } } }
routes: [{ path: /, to: "${service.url}", auth: checker, rateLimit: { limit: 2/min, by: ip } }]`,
  )
  const statuses: string[] = []
  for (let n = 0; n < 5; n++) statuses.push(statusOf(await exchange(port, asked('/'))))
  assert.deepEqual(statuses, ['200', '200', '429', '429', '429'])
  assert.equal(checks, 2)
})

test('RTL-09: nobody is counted as somebody else, and who says nothing is counted too', async (t) => {
  const { port } = await startGateway(
    t,
    `routes:
  - { name: c, path: /c, respond: in, rateLimit: { name: r, limit: 1/h, by: [route, "header:x-tenant"] } }
  - { name: "b.c", path: /bc, respond: in, rateLimit: { name: r, limit: 1/h, by: [route, "header:x-tenant"] } }
`,
  )
  const ask = async (path: string, tenant?: string): Promise<string> =>
    statusOf(
      await exchange(port, asked(path, tenant === undefined ? '' : `X-Tenant: ${tenant}\r\n`)),
    )
  const tenants = [
    'a',
    'a b',
    'b a',
    '*',
    '?',
    '[a]',
    '1:a',
    'a%0d%0aDEL',
    '\xe9',
    'a'.repeat(30_000),
  ]
  for (const tenant of tenants) {
    assert.equal(await ask('/c', tenant), '200', tenant.slice(0, 20))
    assert.equal(await ask('/c', tenant), '429', tenant.slice(0, 20))
    assert.equal(await ask('/bc', tenant), '200', tenant.slice(0, 20))
  }
  assert.equal(await ask('/c'), '200')
  assert.equal(await ask('/c'), '429', 'without the header the address counts')
})

test('RTL-10: other spellings of a path are no way around', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /login, methods: [POST], to: "${service.url}", rateLimit: { limit: 3/h, by: ip } }
  - { path: /**, to: "${service.url}" }
`,
  )
  let logins = 0
  for (const path of [
    '/login',
    '/./login',
    '/%6cogin',
    '/login?x=1',
    '/a/../login',
    '/login/',
    '//login',
    '/login;x',
    '/LOGIN',
    '/login%20',
  ]) {
    service.forget()
    await exchange(port, asked(path, 'Content-Length: 0\r\n', 'POST'))
    if (/^POST \/login[? ]/.test(service.request())) logins++
  }
  assert.equal(logins, 3)
})

test('rules add up: all are asked, and none is charged where one refuses', async (t) => {
  const { port } = await startGateway(
    t,
    `defaults: { rateLimit: { name: wide, limit: 5/h, by: "header:x-key" } }
apis:
  shop:
    path: /shop
    rateLimit: { name: shop, limit: 4/h, by: "header:x-key" }
    routes:
      - { path: /a, respond: in, rateLimit: { name: narrow, limit: 1/h, by: "header:x-key" } }
      - { path: /b, respond: in }
      - { path: /free, respond: in, rateLimit: false }
routes: [{ path: /c, respond: in, rateLimit: { name: wide, limit: false } }, { path: /d, respond: in }]`,
  )
  const ask = async (path: string): Promise<string> =>
    statusOf(await exchange(port, asked(path, 'X-Key: k\r\n')))
  assert.equal(await ask('/shop/a'), '200')
  for (let n = 0; n < 10; n++)
    assert.equal(await ask('/shop/a'), '429', 'and nobody else is charged')
  for (let n = 0; n < 3; n++) assert.equal(await ask('/shop/b'), '200')
  assert.equal(await ask('/shop/b'), '429', 'the API’s four are gone')
  assert.equal(await ask('/d'), '200')
  assert.equal(await ask('/d'), '429', 'and all five')
  for (let n = 0; n < 10; n++)
    assert.equal(await ask('/c'), '200', 'the rule of that name has ended here')
  for (let n = 0; n < 10; n++) assert.equal(await ask('/shop/free'), '200')
})

test('replies tell of the nearest limit, and Retry-After is what RateLimit says', async (t) => {
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /both, respond: in, rateLimit: [{ name: far, limit: 100/h, by: ip }, { name: near, limit: 3/min, by: ip, headers: both }] }
  - { path: /none, respond: in, rateLimit: { limit: 1/h, headers: none } }
  - { path: /legacy, respond: in, rateLimit: { limit: 1/h, headers: legacy } }
`,
  )
  const first = await exchange(port, asked('/both'))
  assert.deepEqual(valuesOf(first, 'ratelimit-policy'), ['"far";q=100;w=3600, "near";q=3;w=60'])
  assert.deepEqual(valuesOf(first, 'ratelimit'), ['"near";r=2;t=20'])
  assert.deepEqual(valuesOf(first, 'x-ratelimit-remaining'), ['2'])
  await exchange(port, asked('/both'))
  await exchange(port, asked('/both'))
  const refused = await exchange(port, asked('/both'))
  assert.equal(statusOf(refused), '429')
  const [after] = valuesOf(refused, 'retry-after')
  assert.ok(Number(after) > 15 && Number(after) <= 20, after)
  assert.deepEqual(valuesOf(refused, 'ratelimit'), [`"near";r=0;t=${after}`])
  assert.match(refused, /"code":"RATE_LIMITED"/)
  await exchange(port, asked('/none'))
  const silent = await exchange(port, asked('/none'))
  assert.equal(statusOf(silent), '429')
  assert.deepEqual(valuesOf(silent, 'ratelimit'), [])
  const legacy = await exchange(port, asked('/legacy'))
  assert.deepEqual(valuesOf(legacy, 'x-ratelimit-limit'), ['1'])
  assert.deepEqual(valuesOf(legacy, 'ratelimit'), [])
})
