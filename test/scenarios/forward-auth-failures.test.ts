import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, saying, startAuthScene } from '../kit/auth-server.ts'
import { answering, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

for (const [about, answer] of [
  ['says 500', saying('500 Oops', 'stack trace')],
  ['says 404', saying('404 Not Found', 'nothing here')],
  ['talks nonsense', 'nonsense\r\n\r\n'],
  [
    'frames its answer in two ways',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['says more than anybody asked for', saying('401 Unauthorized', 'x'.repeat(70_000))],
] as const)
  // prettier-ignore
  test(`an auth server that ${about} lets nobody pass, and nobody hears of it`, async (t) => {
    const { backend, port } = await startAuthScene(t, answer)
    const reply = await exchange(port, get('/x'))
    assert.match(reply, /^HTTP\/1\.1 503 /)
    assert.match(reply, /AUTHENTICATOR_UNREACHABLE/)
    assert.doesNotMatch(reply, /stack trace|nothing here|xxx/)
    assert.equal(backend.received(), '')
  })

test('an auth server that breaks off, says nothing in time, or is not there lets nobody pass', async (t) => {
  const backend = await startBackend(t)
  const breaking = await startBackend(t, ({ socket }) => socket.destroy())
  const silent = await startBackend(t, () => {})
  const cut = await startBackend(t, ({ socket }, whole) => {
    if (whole) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok')
  })
  const names = {
    breaking: breaking.url,
    silent: silent.url,
    cut: cut.url,
    gone: 'http://127.0.0.1:9',
  }
  const authenticators = Object.entries(names).map(
    ([name, url]) => `  ${name}: { forwardAuth: { url: "${url}/", send: [], timeout: 100ms } }\n`,
  )
  const routes = Object.keys(names).map(
    (name) => `  - { path: /${name}, to: "${backend.url}", auth: ${name} }\n`,
  )
  const { port } = await startGateway(
    t,
    `authenticators:\n${authenticators.join('')}routes:\n${routes.join('')}  - { path: /open, to: "${backend.url}" }\n`,
  )
  for (const name of Object.keys(names)) {
    const reply = await exchange(port, get(`/${name}`))
    assert.match(reply, /^HTTP\/1\.1 503 [^]*AUTHENTICATOR_UNREACHABLE/, name)
  }
  assert.equal(backend.received(), '')
  assert.match(await exchange(port, get('/open')), /^HTTP\/1\.1 200 /)
})

test('with `body` the auth server gets it, and so does the service, byte for byte', async (t) => {
  const { questions, backend, port } = await startAuthScene(t, saying('200 OK'), ', body: true')
  const body = 'a\0b\xff\r\n\r\n'
  await exchange(port, `POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n${body.slice(0, 4)}\r\n4\r\n${body.slice(4)}\r\n0\r\n\r\n`) // prettier-ignore
  assert.match(questions[0]!, /^POST \/check[^]*content-type: text\/x\r\n/)
  assert.match(questions[0]!, /x-forwarded-method: POST\r\n/)
  assert.ok(questions[0]!.endsWith(`\r\n\r\n${body}`))
  assert.ok(backend.received().endsWith(`\r\n\r\n${body}`))
  await exchange(port, get('/x'))
  assert.match(questions[1]!, /^GET /)
})

test('with `body` one that is too large to be held is 413, and nobody is asked', async (t) => {
  const { questions, backend, port } = await startAuthScene(
    t,
    saying('200 OK'),
    ', body: true',
    ', limits: { buffer: 10B }',
  )
  const reply = await exchange(
    port,
    'POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 11\r\n\r\n',
  )
  assert.match(reply, /^HTTP\/1\.1 413 [^]*BODY_TOO_LARGE/)
  assert.deepEqual([questions.length, backend.received()], [0, ''])
})

test('with `body` a client that waits for a 100 is asked by the gateway, once', async (t) => {
  const { backend, port } = await startAuthScene(t, saying('200 OK'), ', body: true')
  const client = new RawClient(port)
  client.send(
    'POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
  )
  await client.untilReceived('HTTP/1.1 100 Continue\r\n\r\n')
  client.send('hello')
  await client.untilReceived('HTTP/1.1 200')
  assert.equal(client.received.split('100 Continue').length, 2)
  assert.ok(backend.received().endsWith('hello'))
  assert.doesNotMatch(backend.received(), /expect/i)
  client.close()
})

test('a yes holds as long as the cache says, for the same question alone', async (t) => {
  const { questions, port } = await startAuthScene(t, saying('200 OK'), ', cache: 1h')
  for (let time = 0; time < 3; time++) await exchange(port, get('/a', 'Cookie: s=1\r\n'))
  assert.equal(questions.length, 1)
  await exchange(port, get('/a', 'Cookie: s=2\r\n'))
  await exchange(port, get('/b', 'Cookie: s=1\r\n'))
  assert.equal(questions.length, 3)
})

test('many who ask the same at once are one question', async (t) => {
  let answer: (() => void) | undefined
  const auth = await startBackend(t, (connection, whole) => {
    if (whole) answer = () => connection.socket.write(OK)
  })
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `authenticators:\n  ext: { forwardAuth: { url: "${auth.url}/", send: [cookie], cache: 1h } }\n` +
      `routes:\n  - { path: /**, to: "${backend.url}", auth: ext }\n`,
  )
  const clients = Array.from({ length: 20 }, () =>
    new RawClient(port).send(get('/a', 'Cookie: s=1\r\n')),
  )
  await until(() => auth.received() !== '')
  clients[0]!.close() // whoever asked first may leave
  clients.push(new RawClient(port).send(get('/a', 'Cookie: s=1\r\n')))
  answer!()
  for (const client of clients.slice(1)) assert.match(await client.replies(), /^HTTP\/1\.1 200 /)
  assert.equal(auth.received().split('GET /').length, 2)
  for (const client of clients) client.close()
})

test('the consumer and the groups that the answer names are what `authorize` and the log see', async (t) => {
  const auth = await startBackend(
    t,
    answering(saying('200 OK\r\nX-User: anna\r\nX-Groups: staff, ops')),
  )
  const backend = await startBackend(t)
  const { port, accessLog } = await startGateway(
    t,
    `authenticators:\n  ext: { forwardAuth: { url: "${auth.url}/", send: [], consumer: x-user, groups: x-groups } }\n` +
      `routes:\n  - { path: /ops, to: "${backend.url}", auth: ext, authorize: { groups: [ops] } }\n` +
      `  - { path: /root, to: "${backend.url}", auth: ext, authorize: { groups: [root] } }\n`,
  )
  assert.match(await exchange(port, get('/ops')), /^HTTP\/1\.1 200 /)
  assert.match(await exchange(port, get('/root')), /^HTTP\/1\.1 403 /)
  const [line] = await accessLog(2)
  assert.equal(line!['consumer'], 'anna')
  assert.equal(line!['target'], backend.url, 'not the auth server')
})

test('a stage’s prefix is a part of what is asked about', async (t) => {
  const questions: string[] = []
  const auth = await startBackend(
    t,
    answering((question) => (questions.push(question), OK)),
  )
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `stages: { qa: { hosts: [gw.test], pathPrefix: /qa } }\n` +
      `authenticators:\n  ext: { forwardAuth: { url: "${auth.url}/", send: [] } }\n` +
      `routes:\n  - { path: /**, to: "${backend.url}", auth: ext }\n`,
  )
  await exchange(port, get('/qa/a?b'))
  assert.match(questions[0]!, /x-forwarded-uri: \/qa\/a\?b\r\n/)
})
