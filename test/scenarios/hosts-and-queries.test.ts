import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { OK } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const get = (port: number, path: string, host = 'gw.test'): Promise<string> =>
  exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)

test('HST-01: a query reaches the service in the bytes it came in, whatever the route does', async (t) => {
  const service = await startRecorder(t)
  const to = `to: "${service.url}"`
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /e, ${to} }
  - { path: /rewritten, ${to}, rewrite: /e }
  - { path: /svc/**, ${to}, stripPrefix: /svc }
  - { path: /edited, ${to}, headers: { request: { set: { x-a: "1" } } } }
  - { match: { path: /e, query: { a: never } }, respond: wrong }
`,
  )
  const queries = [
    '?b=2&a=1&b=3&uploads&sig=%E9%FF&s=1;2&q=hello%20world&p=a+b&e=&=v&&arr[]=1&j={%22a%22:1}&u=%C3%A9',
    '?',
    '??',
    '?/../x//y?z',
    '?a=%2e%2e%2f&b=%61',
    '?%',
    '?%zz=%0d%0a%00',
    '?a\\b|c"<>^`',
    '',
  ]
  for (const path of ['/e', '/rewritten', '/svc/e', '/edited'])
    for (const query of queries) {
      assert.match(await get(port, path + query), /^HTTP\/1\.1 200 /, path + query)
      assert.equal(service.target(), `${path === '/edited' ? path : '/e'}${query}`)
    }
})

test('HST-07: an IPv6 address is a host, in every spelling, with and without a port', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes:\n  - { path: /**, respond: default }\n  - { host: "[::1]", path: /**, to: "${service.url}" }\n`,
  )
  for (const host of ['[::1]', '[::1]:8080', '[0:0:0:0:0:0:0:1]', '[0000::0001]:1']) {
    assert.match(await get(port, '/', host), /\r\n\r\nok$/, host)
    assert.deepEqual(valuesOf(service.request(), 'host'), [host])
    assert.deepEqual(valuesOf(service.request(), 'x-forwarded-host'), [host])
    assert.match(service.request(), /\r\nforwarded: for=127\.0\.0\.1;host="\[/)
  }
  for (const host of ['[::2]', '127.0.0.1', 'gw.test'])
    assert.match(await get(port, '/', host), /\r\n\r\ndefault$/, host)
  for (const host of ['::1', '[::1', '[::1]x', '[::1]:', '[::1%25lo]', '[127.0.0.1]'])
    assert.match(await get(port, '/', host), /^HTTP\/1\.1 400 /, host)
})

test('a Host that is missing, doubled or malformed is refused', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`)
  for (const lines of [
    '',
    'Host: gw.test\r\nHost: gw.test\r\n',
    'Host: gw.test\r\nhost: evil.test\r\n',
    'Host: gw.test, evil.test\r\n',
    'Host:\r\n',
    'Host: gw.test:99999\r\n',
    'Host: gw.test:0x50\r\n',
    'Host: user@gw.test\r\n',
    'Host: gw.test/evil\r\n',
    'Host: gw.test?x\r\n',
    'Host: gw test\r\n',
    'Host: g\xe9.test\r\n',
    'Host: gw%2etest\r\n',
    'Host: 127.1\r\n',
    'Host : gw.test\r\n',
  ]) {
    const reply = await exchange(port, `GET / HTTP/1.1\r\n${lines}\r\n`)
    assert.match(reply, /^HTTP\/1\.1 400 /, lines)
  }
  assert.equal(service.request(), '')
  for (const host of [
    'gw.test',
    'GW.Test',
    'gw.test.',
    'gw.test:8080',
    'a_b.test',
    'xn--g-uka.test',
  ])
    assert.match(await get(port, '/', host), /^HTTP\/1\.1 200 /, host)
})

test('HST-08: the host of an absolute target is the only one: for the route, the service and the log', async (t) => {
  const service = await startRecorder(t)
  const gateway = await startGateway(
    t,
    `routes:
  - { host: a.test, path: /**, to: "${service.url}" }
  - { host: b.test, path: /**, respond: b }
`,
  )
  const { port } = gateway
  for (const target of ['http://a.test/page', 'HTTP://A.test:80/page', 'http://a.test']) {
    service.forget()
    assert.match(await get(port, target, 'b.test'), /\r\n\r\nok$/, target)
    assert.match(service.target(), /^\/(?:page)?$/)
    const [host, ...more] = valuesOf(service.request(), 'host')
    assert.match(host!, /^a\.test(?::80)?$/)
    assert.deepEqual(more, [])
    assert.deepEqual(valuesOf(service.request(), 'x-forwarded-host'), [host])
  }
  service.forget()
  assert.match(await get(port, 'http://b.test/page', 'a.test'), /\r\n\r\nb$/)
  for (const target of [
    'https://a.test/',
    'ftp://a.test/',
    'http://u@a.test/',
    'http:a.test',
    'http://',
  ])
    assert.match(await get(port, target, 'a.test'), /^HTTP\/1\.1 4(?:00|21) /, target)
  assert.match(await get(port, 'http://a.test/', 'a b'), /^HTTP\/1\.1 400 /)
  assert.equal(service.request(), '')
  const [first] = await gateway.accessLog(1)
  assert.equal(first?.['host'], 'a.test')
})

test('HST-09: the service is asked for the Host that its setting says, and told the client’s', async (t) => {
  const service = await startRecorder(t)
  const gateway = await startGateway(
    t,
    `services:
  kept: { targets: "${service.url}" }
  own: { targets: "${service.url}", host: target }
  named: { targets: "${service.url}", host: inner.test }
routes:
  - { path: /kept, to: kept }
  - { path: /own, to: own }
  - { path: /named, to: named }
`,
  )
  for (const [path, host] of [
    ['/kept', 'gw.test:8080'],
    ['/own', `127.0.0.1:${service.port}`],
    ['/named', 'inner.test'],
  ] as const) {
    assert.match(await get(gateway.port, path, 'gw.test:8080'), /^HTTP\/1\.1 200 /)
    assert.deepEqual(valuesOf(service.request(), 'host'), [host])
    assert.deepEqual(valuesOf(service.request(), 'x-forwarded-host'), ['gw.test:8080'])
  }
  for (const { host } of await gateway.accessLog(3)) assert.equal(host, 'gw.test:8080')
})

test('a service is reached by its IPv6 address as by its IPv4 one', async (t) => {
  let heard = ''
  const server = createServer((socket) =>
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      socket.write(OK)
    }),
  ).listen(0, '::1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const gateway = await startGateway(
    t,
    `services: { six: { targets: "http://[::1]:${port}/base", host: target } }\nroutes: [{ path: /**, to: six }]\n`,
  )
  assert.match(await get(gateway.port, '/x'), /^HTTP\/1\.1 200 /)
  assert.ok(heard.startsWith(`GET /base/x HTTP/1.1\r\nhost: [::1]:${port}\r\n`), heard)
})
