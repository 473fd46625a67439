import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const get = (lines: string, path = '/'): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`

test('HDR-01: cookies that a service sets stay apart, in order, byte for byte', async (t) => {
  const cookies = [
    'a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/',
    'b=',
    'a=2;HttpOnly ; SameSite=Lax',
    'c="x, y"; Domain=other.test',
    'd=\xe9\xff',
  ]
  const lines = cookies.map((cookie) => `Set-Cookie: ${cookie}\r\n`)
  const backend = await startBackend(
    t,
    answering(`HTTP/1.1 200 OK\r\n${lines.join('X-Between: 1\r\n')}Content-Length: 2\r\n\r\nok`),
  )
  const added = '{ response: { add: { set-cookie: e=3 } } }'
  const { port } = await startGateway(
    t,
    `routes:\n  - { path: /**, to: "${backend.url}" }\n  - { path: /added, to: "${backend.url}", headers: ${added} }\n`,
  )
  const seen = async (path: string): Promise<string[]> =>
    valuesOf(await exchange(port, get('', path)), 'set-cookie')
  assert.deepEqual(await seen('/'), cookies)
  assert.deepEqual(await seen('/added'), [...cookies, 'e=3'])
})

test('fields that come several times stay apart, in order; bytes beyond ASCII stay bytes, both ways', async (t) => {
  const lines = 'x-a: 1\r\nx-b: caf\xe9 \xc3\xa9\r\nx-a: 2, 3\r\nx-c: \xff\x80\r\nx-a: \r\n'
  const backend = await startBackend(
    t,
    answering((request) => {
      const from = request.indexOf('x-a')
      const echoed = request.slice(from, request.indexOf('x-forwarded-for'))
      return `HTTP/1.1 200 OK\r\n${echoed}Content-Length: 2\r\n\r\nok`
    }),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const reply = await exchange(port, get(lines))
  assert.ok(reply.startsWith(`HTTP/1.1 200 OK\r\n${lines}`), reply)
})

const many = (count: number): string =>
  Array.from({ length: count }, (_, n) => `X-${n}: ${n}\r\n`).join('')

test('HDR-04: heads within the limits pass whole, others are refused, and nothing is cut in silence', async (t) => {
  const big = `HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(60_000)}\r\nContent-Length: 2\r\n\r\nok`
  const backend = await startRecorder(t, (request) => (request.startsWith('GET /big') ? big : OK))
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  assert.match(await exchange(port, get(`Cookie: a=${'x'.repeat(15_000)}\r\n`)), /^HTTP\/1\.1 200 /)
  assert.match(backend.request(), /\r\ncookie: a=x{15000}\r\n/)
  assert.match(await exchange(port, get(many(190))), /^HTTP\/1\.1 200 /)
  assert.equal(backend.request().match(/\r\nx-\d+: \d+/g)?.length, 190)

  for (const lines of [`Cookie: a=${'x'.repeat(40_000)}\r\n`, many(300)]) {
    backend.forget()
    const reply = await exchange(port, get(lines))
    assert.match(reply, /^HTTP\/1\.1 431 [^]*\r\nconnection: close\r\n[^]*HEADERS_TOO_LARGE/)
    assert.equal(backend.request(), '')
  }
  const tooLong = await exchange(port, get('', `/${'x'.repeat(20_000)}`))
  assert.match(tooLong, /^HTTP\/1\.1 414 [^]*TARGET_TOO_LONG/)
  assert.match(await exchange(port, get('', '/big')), /^HTTP\/1\.1 (?:200|502) /)
  assert.match(await exchange(port, get('')), /^HTTP\/1\.1 200 /)
})

test('HDR-05: a second field of the same name hides nothing from a rule, and the service gets all', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /**, to: "${backend.url}" }
  - { match: { path: /**, headers: { x-role: { regex: ".*admin.*" } } }, respond: { status: 403 } }
`,
  )
  const denied = [
    'X-Role: admin\r\n',
    'X-Role: user\r\nX-Role: admin\r\n',
    'X-Role: admin\r\nX-Role: user\r\n',
    'x-role: user\r\nX-Other: 1\r\nX-ROLE: user, admin\r\n',
  ]
  for (const lines of denied)
    assert.match(await exchange(port, get(lines)), /^HTTP\/1\.1 403 /, lines)
  assert.equal(backend.received(), '')
  assert.match(await exchange(port, get('X-Role: user\r\nX-Role: guest\r\n')), /^HTTP\/1\.1 200 /)
  assert.match(backend.received(), /\r\nx-role: user\r\nx-role: guest\r\n/)
})

test('HDR-08: what a path holds cannot bring a field, or break one', async (t) => {
  const backend = await startRecorder(t)
  const edits =
    '{ request: { set: { x-user: "{user}" } }, response: { set: { x-user: "{user}" } } }'
  const { port } = await startGateway(
    t,
    `routes: [{ path: "/u/{user}", to: "${backend.url}", headers: ${edits} }]`,
  )
  for (const user of [
    '%0d%0aX-Admin:%201',
    'a%0aX-Admin:1',
    '%00',
    '%c2%85',
    '%e2%80%a8%0d',
    '%ff',
  ]) {
    backend.forget()
    const reply = await exchange(port, get('', `/u/${user}`))
    assert.match(reply, /^HTTP\/1\.1 400 /, user)
    assert.equal(backend.request(), '')
  }
  for (const [user, value] of [
    ['zo', 'zo'],
    ['Zo%C3%AB', 'Zo%C3%AB'],
    ['a%20b:c', 'a b:c'],
    ['%250d%250aX-Admin:1', '%250d%250aX-Admin:1'],
  ] as const) {
    const reply = await exchange(port, get('X-User: admin\r\n', `/u/${user}`))
    assert.match(reply, /^HTTP\/1\.1 200 /, user)
    assert.deepEqual(valuesOf(backend.request(), 'x-user'), [value])
    assert.deepEqual(valuesOf(reply, 'x-user'), [value])
    assert.doesNotMatch(backend.request(), /\r\nx-admin/i)
  }
})

test('HDR-09: names that JavaScript objects have by themselves are names like any other', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /**, to: "${backend.url}" }
  - { match: { path: /**, query: { admin: true } }, respond: admin }
  - { match: { path: /h, headers: { admin: true } }, respond: admin }
  - { match: { path: /match, headers: { constructor: c }, query: { toString: y } }, respond: both }
`,
  )
  const query = '?__proto__[admin]=1&constructor=x&toString=y&__proto__=z'
  const lines =
    '__proto__: polluted\r\nconstructor: c\r\nhasownproperty: h\r\ntostring: t\r\nvalueof: v\r\n'
  assert.match(await exchange(port, get(lines, `/p${query}`)), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
  assert.ok(backend.received().startsWith(`GET /p${query} HTTP/1.1\r\nhost: gw.test\r\n${lines}`))
  assert.match(await exchange(port, get(lines, `/match${query}`)), /\r\n\r\nboth$/)
  assert.match(await exchange(port, get('', '/match')), /\r\n\r\nok$/)
  assert.match(await exchange(port, get('Admin: \r\n', '/h')), /\r\n\r\nadmin$/)
})
