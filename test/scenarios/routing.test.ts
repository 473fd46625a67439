import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const ask = (port: number, line: string, host = 'gw.test', more = ''): Promise<string> =>
  exchange(port, `${line} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`)

const routes = [
  '{ host: "*.test", path: /**, respond: wide-host }',
  '{ host: a.test, path: /**, respond: exact-host }',
  '{ host: "*.b.test", path: /**, respond: longer-host }',
  '{ path: /x/**, respond: prefix }',
  '{ path: /x/y, respond: exact }',
  '{ path: "/x/{id}", respond: parameter }',
  '{ path: "/x/{id:[0-9]+}", respond: condition }',
  '{ path: /x/y/**, respond: longer-prefix }',
  '{ path: /m, respond: any-method }',
  '{ path: /m, methods: GET, respond: get }',
  '{ match: { path: /m, methods: GET, headers: { x-beta: "1" } }, respond: header }',
]

const winners: readonly (readonly [line: string, host: string, more: string, winner: string])[] = [
  ['GET /q', 'a.test', '', 'exact-host'],
  ['GET /q', 'A.Test:8080', '', 'exact-host'],
  ['GET /x/y', 'a.test', '', 'exact-host'],
  ['GET /q', 'c.test', '', 'wide-host'],
  ['GET /q', 'x.a.test', '', 'wide-host'],
  ['GET /q', 'x.b.test', '', 'longer-host'],
  ['GET /x/y', 'other', '', 'exact'],
  ['GET /x/7', 'other', '', 'condition'],
  ['GET /x/z', 'other', '', 'parameter'],
  ['GET /x/z/1', 'other', '', 'prefix'],
  ['GET /x/y/1', 'other', '', 'longer-prefix'],
  ['GET /x', 'other', '', 'prefix'],
  ['GET /m', 'other', '', 'get'],
  ['POST /m', 'other', '', 'any-method'],
  ['GET /m', 'other', 'X-Beta: 1\r\n', 'header'],
  ['GET /m', 'other', 'X-Beta: 2\r\n', 'get'],
  ['POST /m', 'other', 'X-Beta: 1\r\n', 'any-method'],
]

for (const [order, list] of Object.entries({ written: routes, reversed: routes.toReversed() }))
  test(`RTE-01: the most specific route wins, in ${order} order`, async (t) => {
    const { port } = await startGateway(t, `routes:\n  - ${list.join('\n  - ')}\n`)
    for (const [line, host, more, winner] of winners) {
      const reply = await ask(port, line, host, more)
      assert.ok(reply.endsWith(`\r\n\r\n${winner}`), `${line} of ${host}: ${reply}`)
    }
  })

test('RTE-01: a tie is an error of the configuration', async (t) => {
  for (const [one, other] of [
    ['{ path: /t, respond: a }', '{ path: /t, respond: b }'],
    ['{ path: "/t/{a}", respond: a }', '{ path: "/t/{b}", respond: b }'],
    ['{ host: a.test, path: /**, respond: a }', '{ host: A.TEST, path: /**, respond: b }'],
  ])
    await assert.rejects(startGateway(t, `routes:\n  - ${one}\n  - ${other}\n`), /1 error/)
})

test('RTE-03: what is written in a host or a path is text, not a pattern', async (t) => {
  const { port } = await startGateway(
    t,
    `routes:
  - { host: api.test, path: /**, respond: host }
  - { host: "*.corp.test", path: /**, respond: wildcard }
  - { host: gw.test, path: /v1.0/x, respond: dot }
  - { host: gw.test, path: "/a+b(c)/[d]", respond: special }
  - { host: gw.test, path: "/$^|/{id}.json", respond: partial }
`,
  )
  for (const [line, host, winner] of [
    ['GET /', 'api.test', 'host'],
    ['GET /', 'a.corp.test', 'wildcard'],
    ['GET /', 'a.b.corp.test', 'wildcard'],
    ['GET /v1.0/x', 'gw.test', 'dot'],
    ['GET /a+b(c)/[d]', 'gw.test', 'special'],
    ['GET /a%2Bb%28c%29/%5Bd%5D', 'gw.test', 'special'],
    ['GET /$^|/a.json', 'gw.test', 'partial'],
  ] as const)
    assert.ok((await ask(port, line, host)).endsWith(`\r\n\r\n${winner}`), `${line} of ${host}`)
  for (const [line, host] of [
    ['GET /', 'apixtest'],
    ['GET /', 'xapi.test'],
    ['GET /', 'api.test.evil'],
    ['GET /', 'evilcorp.test'],
    ['GET /', 'corp.test'],
    ['GET /', '.corp.test.evil'],
    ['GET /v1x0/x', 'gw.test'],
    ['GET /aab(c)/[d]', 'gw.test'],
    ['GET /a+bc/d', 'gw.test'],
    ['GET /$^|/axjson', 'gw.test'],
    ['GET /$^|/.json', 'gw.test'],
  ] as const)
    assert.match(await ask(port, line, host), /^HTTP\/1\.1 40[04] /, `${line} of ${host}`)
})

test('RTE-05: every method is served, refused or unknown as the route says; none opens a tunnel or echoes', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /r, methods: [GET, POST], to: "${backend.url}" }
  - { path: /any, to: "${backend.url}" }
`,
  )
  for (const method of ['HEAD', 'GET', 'POST'])
    assert.match(await ask(port, `${method} /r`), /^HTTP\/1\.1 200 /, method)
  for (const method of ['PUT', 'OPTIONS', 'FOO-BAR']) {
    const reply = await ask(port, `${method} /r`)
    assert.match(reply, /^HTTP\/1\.1 405 [^]*\r\nallow: GET, HEAD, POST\r\n/)
  }
  for (const method of ['PROPFIND', 'FOO-BAR', 'OPTIONS', 'PATCH', 'QUERY', 'M-SEARCH']) {
    assert.match(await ask(port, `${method} /any`), /^HTTP\/1\.1 200 /, method)
    assert.ok(backend.received().includes(`${method} /any HTTP/1.1\r\n`))
  }
  const heard = backend.received()
  for (const line of ['TRACE /any', 'CONNECT host:443', `CONNECT 127.0.0.1:${backend.port}`])
    assert.match(
      await ask(port, line, 'gw.test', 'X-Secret: 1\r\n'),
      /^HTTP\/1\.1 501 (?![^]*x-secret)/i,
    )
  for (const line of ['get /any', 'Get /any', 'G@T /any', ' GET /any', 'GET  /any', 'GET\t/any'])
    assert.match(await ask(port, line), /^HTTP\/1\.1 400 /, line)
  assert.match(await ask(port, 'OPTIONS *'), /^HTTP\/1\.1 204 /)
  assert.match(await ask(port, 'GET *'), /^HTTP\/1\.1 400 /)
  assert.equal(backend.received(), heard)
})

test('RTE-07: a request never falls to another route because its own cannot answer', async (t) => {
  const backend = await startBackend(t)
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port: closed } = gone.address() as { port: number }
  await new Promise((resolve) => void gone.close(resolve))
  const { port } = await startGateway(
    t,
    `routes:
  - { host: known.test, path: /**, to: "http://127.0.0.1:${closed}" }
  - { host: "*.test", path: /**, to: "${backend.url}" }
`,
  )
  assert.match(await ask(port, 'GET /', 'known.test'), /^HTTP\/1\.1 50[23] /)
  assert.match(await ask(port, 'GET /', 'unknown.example'), /^HTTP\/1\.1 404 /)
  assert.equal(backend.connections.length, 0)
  assert.match(await ask(port, 'GET /', 'other.test'), /^HTTP\/1\.1 200 /)
})
