import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const ask = async (port: number, path: string, ...lines: string[]): Promise<string> =>
  exchange(
    port,
    `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n`,
  )
const bodyOf = (reply: string): string => reply.slice(reply.indexOf('\r\n\r\n') + 4)
const fieldOf = (reply: string, name: string): string | undefined =>
  new RegExp(`\r\n${name}: ([^\r]*)`, 'i').exec(reply)?.[1]

test('versions by path: each has its routes, and says when it ends and what follows', async (t) => {
  const { port, accessLog, metric } = await startGateway(
    t,
    `apis:
  orders:
    headers: { response: { set: { x-api: orders } } }
    versions:
      v1:
        path: /v1/orders
        deprecated: 2024-09-01
        sunset: 2999-03-01T12:00Z
        docs: https://docs.shop.example/v1
        routes: [{ path: "/{id}", respond: one }]
      v2:
        path: /v2/orders
        default: true
        headers: { response: { set: { x-version: v2 } } }
        routes: [{ path: "/{id}", respond: two }]
`,
  )
  const old = await ask(port, '/v1/orders/7')
  assert.equal(bodyOf(old), 'one')
  assert.equal(fieldOf(old, 'deprecation'), '@1725148800')
  assert.equal(fieldOf(old, 'sunset'), 'Fri, 01 Mar 2999 12:00:00 GMT')
  assert.equal(
    fieldOf(old, 'link'),
    '</v2/orders>; rel="successor-version", <https://docs.shop.example/v1>; rel="deprecation"; type="text/html"',
  )
  const current = await ask(port, '/v2/orders/7')
  assert.equal(bodyOf(current), 'two')
  assert.equal(fieldOf(current, 'x-api'), 'orders')
  assert.equal(fieldOf(current, 'x-version'), 'v2')
  assert.equal(fieldOf(current, 'deprecation'), undefined)
  const lines = await accessLog(2)
  assert.deepEqual(
    lines.map(({ api, version }) => [api, version]),
    [
      ['orders', 'v1'],
      ['orders', 'v2'],
    ],
  )
  assert.equal(
    await metric('portcullis_group_requests_total{api="orders",version="v1",class="2xx"}'),
    1,
  )
})

test('after its sunset a version is gone, for whoever asks, with a pointer to the next', async (t) => {
  const { port } = await startGateway(
    t,
    `stages: { qa: { hosts: [gw.test], pathPrefix: /qa } }
apis:
  orders:
    versions:
      v1: { path: /v1, sunset: 2024-03-01, successor: v3, routes: [{ path: /a, respond: one }] }
      v2: { path: /v2, default: true, routes: [{ path: /a, respond: two }] }
      v3: { path: /v3, routes: [{ path: /a, respond: three }] }
`,
  )
  const reply = await ask(port, '/qa/v1/a')
  assert.match(reply, /^HTTP\/1.1 410 /)
  assert.equal(fieldOf(reply, 'link'), '</qa/v3>; rel="successor-version"')
  assert.equal(fieldOf(reply, 'sunset'), 'Fri, 01 Mar 2024 00:00:00 GMT')
  const { code, successor } = JSON.parse(bodyOf(reply)) as Record<string, unknown>
  assert.deepEqual([code, successor], ['VERSION_GONE', 'v3'])
})

for (const [by, one, two, strange] of [
  ['header:X-Api-Version', 'X-Api-Version: v1', 'x-api-version: 2', 'x-api-version: v9'],
  [
    'mediaType',
    'Accept: application/json;version=v1',
    'Accept: a/b;version=2',
    'Accept: a/b;version=9',
  ],
  ['mediaType:v', 'Accept: application/json;v=v1', 'Accept: a/b;v="2"', 'Accept: a/b;v=9'],
] as const) {
  test(`versions by ${by}: named, default, unknown`, async (t) => {
    const { port } = await startGateway(
      t,
      `apis:
  orders:
    path: /orders
    versionBy: ${by}
    versions:
      v1: { deprecated: 2024-01-01, routes: [{ path: "/{id}", methods: GET, respond: one }] }
      v2: { value: ["2", v2], default: true, routes: [{ path: "/{id}", methods: GET, respond: two }] }
`,
    )
    const first = await ask(port, '/orders/1', one)
    assert.equal(bodyOf(first), 'one')
    assert.equal(fieldOf(first, 'deprecation'), '@1704067200')
    assert.equal(fieldOf(first, 'vary'), by.startsWith('header') ? 'x-api-version' : 'accept')
    assert.equal(bodyOf(await ask(port, '/orders/1', two)), 'two')
    assert.equal(bodyOf(await ask(port, '/orders/1')), 'two')
    const unknown = await ask(port, '/orders/1', strange)
    assert.match(unknown, /^HTTP\/1.1 404 [^]*VERSION_NOT_FOUND/)
    assert.match(await ask(port, '/nowhere', strange), /^HTTP\/1.1 404 [^]*ROUTE_NOT_FOUND/)
  })
}

test('versions by query and by host', async (t) => {
  const { port } = await startGateway(
    t,
    `apis:
  a:
    path: /a
    versionBy: query:v
    versions:
      v1: { routes: [{ path: /, respond: one }] }
      v2: { routes: [{ path: /, respond: two }] }
  b:
    path: /b
    versions:
      v1: { host: v1.gw.test, routes: [{ path: /, respond: one }] }
      v2: { host: gw.test, routes: [{ path: /, respond: two }] }
`,
  )
  assert.equal(bodyOf(await ask(port, '/a?v=v1')), 'one')
  assert.equal(bodyOf(await ask(port, '/a?x=1&v=v2')), 'two')
  assert.match(await ask(port, '/a'), /^HTTP\/1.1 404 [^]*VERSION_NOT_FOUND/)
  assert.match(await ask(port, '/a?v=v1&v=v2'), /^HTTP\/1.1 404 [^]*VERSION_NOT_FOUND/)
  assert.equal(bodyOf(await ask(port, '/b')), 'two')
  const other = await exchange(port, 'GET /b HTTP/1.1\r\nHost: v1.gw.test\r\n\r\n')
  assert.equal(bodyOf(other), 'one')
})
