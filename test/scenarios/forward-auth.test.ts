import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, saying, startAuthScene } from '../kit/auth-server.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

test('FAU-01: a field that the answer lacks is gone, whatever the client says it is', async (t) => {
  const partly = await startAuthScene(t, saying('200 OK\r\nX-User-Id: bob'))
  const lies =
    'X-User-Id: admin\r\nX-Groups: root\r\nX_User_Id: admin\r\nx_groups: root\r\nCookie: session=ok\r\n'
  assert.match(await exchange(partly.port, get('/x', lies)), /^HTTP\/1\.1 200 /)
  assert.match(partly.backend.received(), /x-user-id: bob\r\n/)
  assert.doesNotMatch(partly.backend.received(), /admin|root|groups/i)
  const neither = await startAuthScene(t, saying('200 OK'))
  assert.match(await exchange(neither.port, get('/x', lies)), /^HTTP\/1\.1 200 /)
  assert.doesNotMatch(neither.backend.received(), /user.id|groups|admin|root/i)
  assert.match(neither.backend.received(), /cookie: session=ok/)
})

test('HBH-02: a client cannot have the fields taken off that the gateway gives', async (t) => {
  const { backend, port } = await startAuthScene(t, saying('200 OK\r\nX-User-Id: u1'))
  const reply = await exchange(
    port,
    get('/me', 'Connection: close, X-User-Id, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Request-Id\r\nAuthorization: Bearer u1\r\n'),
  ) // prettier-ignore
  if (reply.startsWith('HTTP/1.1 400')) return assert.equal(backend.received(), '')
  assert.match(backend.received(), /x-user-id: u1\r\n/)
  assert.match(backend.received(), /x-forwarded-for: 127\.0\.0\.1\r\n/)
  assert.match(backend.received(), /x-forwarded-proto: http\r\n/)
  assert.match(backend.received(), /x-forwarded-host: gw\.test\r\n/)
  assert.doesNotMatch(backend.received(), /authorization/i)
})

const EVIL = 'GET /evil HTTP/1.1\r\nHost: e\r\n\r\n'

for (const [about, request, body] of [
  [
    'a body of a length',
    `POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: ${EVIL.length}\r\n\r\n${EVIL}`,
    EVIL,
  ],
  [
    'a chunked body',
    `POST /x HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n${EVIL.length.toString(16)}\r\n${EVIL}\r\n0\r\n\r\n`,
    EVIL,
  ],
  ['ranges and conditions', get('/x', 'Range: bytes=0-1\r\nIf-None-Match: "a"\r\n'), ''],
  [
    'a handshake',
    get(
      '/x',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    ),
    '',
  ],
] as const)
  // prettier-ignore
  test(`FAU-03: the question is a message of its own, beside ${about}`, async (t) => {
    const { questions, backend, port, auth } = await startAuthScene(t, saying('200 OK'))
    for (let time = 0; time < 2; time++) {
      await exchange(port, request)
      if (body !== '') assert.equal(backend.received().split(body).length, time + 2)
    }
    assert.equal(questions.length, 2)
    assert.equal(auth.connections.length, 1, 'both on one connection, so nothing of the first is left on it')
    for (const question of questions) {
      assert.match(question, /^GET \/check\?from=gw HTTP\/1\.1\r\n/)
      assert.doesNotMatch(question, /evil|content-length|transfer-encoding|expect|upgrade|range|if-none|sec-websocket|^te:/im) // prettier-ignore
      assert.ok(question.endsWith('\r\n\r\n'))
    }
  })

test('FAU-03: a client that waits for a 100 is asked for its body once it may send it', async (t) => {
  const { questions, backend, port } = await startAuthScene(t, saying('200 OK'))
  const client = new RawClient(port)
  client.send(
    `POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: ${EVIL.length}\r\nExpect: 100-continue\r\n\r\n`,
  )
  await until(() => /^expect: 100-continue/m.test(backend.received()))
  assert.doesNotMatch(questions[0]!, /expect|content-length/i)
  client.send(EVIL)
  await until(() => backend.received().includes(EVIL))
  client.close()
})

test('FAU-07: what is asked about is the path that is served', async (t) => {
  const { backend, port } = await startAuthScene(
    t,
    (question) =>
      saying(/x-forwarded-uri: \/api\/admin/.test(question) ? '403 Forbidden' : '200 OK'),
    '',
    ', stripPrefix: /api',
    '/api/**',
  )
  const paths = [
    '/api%2e/admin/secret',
    '/api/./admin/secret',
    '/api//admin/secret',
    '/api/%61dmin/secret',
    '/api/x/../admin/secret',
  ]
  for (const path of paths)
    assert.match(await exchange(port, get(path)), /^HTTP\/1\.1 40[034] /, path)
  assert.doesNotMatch(backend.received(), /GET \/admin/)
  assert.match(await exchange(port, get('/api/open')), /^HTTP\/1\.1 200/)
  assert.match(backend.received(), /GET \/open/)
})

test('the question says who asks for what: method, path and query, host, scheme and address', async (t) => {
  const { questions, port } = await startAuthScene(t, saying('200 OK'))
  await exchange(
    port,
    get('/a/%7Eb?x=%41&y', 'Cookie: a=1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Uri: /lie\r\n'),
  )
  const [question = ''] = questions
  for (const line of [
    'x-forwarded-method: GET',
    'x-forwarded-uri: /a/~b?x=%41&y',
    'x-forwarded-host: gw.test',
    'x-forwarded-proto: http',
    'x-forwarded-for: 127.0.0.1',
    'cookie: a=1',
  ])
    // prettier-ignore
    assert.ok(question.includes(`${line}\r\n`), `${line} in ${question}`)
  assert.doesNotMatch(question, /6\.6\.6\.6|lie/)
  assert.match(question, /x-request-id: [0-9a-f]{32}\r\n/)
})

test('a redirect to log in goes to the client as it is, with its cookies', async (t) => {
  const { auth, backend, port } = await startAuthScene(t, () =>
    saying(`302 Found\r\nLocation: ${auth.url}/login\r\nSet-Cookie: s=1; Domain=127.0.0.1; Path=/\r\nX-Powered-By: x\r\nConnection: close`, 'away')) // prettier-ignore
  const reply = await exchange(port, get('/x'))
  assert.match(reply, /^HTTP\/1\.1 302 /)
  assert.ok(reply.includes(`location: ${auth.url}/login\r\n`))
  assert.ok(reply.includes('set-cookie: s=1; Domain=127.0.0.1; Path=/\r\n'))
  assert.ok(reply.endsWith('away'))
  assert.equal(backend.received(), '')
  const second = await exchange(port, get('/x'))
  assert.match(second, /^HTTP\/1\.1 302 /)
})

test('401 and 403 of the auth server reach the client with their bodies; the client’s connection stays good', async (t) => {
  const { port, backend } = await startAuthScene(t, (question) =>
    question.includes('uri: /a') ? saying('401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"', 'who?') : saying('403 Forbidden', 'no')) // prettier-ignore
  const client = new RawClient(port).send(get('/a') + get('/b'))
  const replies = await client.replies(2)
  await client.untilReceived('\r\n\r\nno')
  assert.match(replies, /HTTP\/1\.1 401 [^]*www-authenticate: Basic realm="x"[^]*who\?/)
  assert.match(client.received, /HTTP\/1\.1 403 /)
  assert.equal(backend.received(), '')
  client.close()
})
