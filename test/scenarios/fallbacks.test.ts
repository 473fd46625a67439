import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answering, type Answer, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const CLOSED = 'http://127.0.0.1:1'

const says = (status: number, name: string): Answer =>
  answering(`HTTP/1.1 ${status} X\r\nContent-Length: ${name.length}\r\n\r\n${name}`)

const resets: Answer = ({ socket }, whole) => void (whole && socket.resetAndDestroy())
const hangs: Answer = () => {}

/** A gateway before a first service that answers so, and a second that is well. */
async function startTwo(t: TestContext, first: Answer | 'closed', fallback: string, more = '') {
  const one = first === 'closed' ? undefined : await startBackend(t, first)
  const two = await startBackend(t, says(200, 'two'))
  const gateway = await startGateway(
    t,
    `services: { one: { targets: "${one?.url ?? CLOSED}" ${more} }, two: { targets: "${two.url}" } }\n` +
      `routes: [{ name: r, path: /**, to: one, timeout: { response: 100ms }, fallback: ${fallback} }, { path: /two, to: two }]`,
  )
  const ask = (method = 'GET', rest = '\r\n') =>
    exchange(gateway.port, `${method} /a?b=c HTTP/1.1\r\nHost: gw.test\r\nX-A: 1\r\n${rest}`)
  return { gateway, one, two, ask }
}

const ways: Readonly<Record<string, Answer | 'closed'>> = {
  'refuses connections': 'closed',
  'resets them': resets,
  'does not answer in time': hangs,
  'says what cannot be read': answering('HTTP/2.0 hello\r\n\r\n'),
}
for (const [way, first] of Object.entries(ways))
  test(`another service answers for one that ${way}, and the log says so`, async (t) => {
    const { gateway, two, ask } = await startTwo(t, first, '{ to: two }')
    const reply = await ask()
    assert.match(reply, /^HTTP\/1\.1 200 .*\r\n\r\ntwo$/s)
    assert.match(two.received(), /^$|^GET \/a\?b=c HTTP\/1\.1\r\n/)
    const [line] = await gateway.accessLog(1)
    assert.equal(line!['service'], 'two')
    assert.equal(line!['fault'], undefined)
  })

test('a made reply answers in its place', async (t) => {
  const { ask } = await startTwo(
    t,
    resets,
    '{ respond: { status: 503, headers: { retry-after: "5", content-type: application/json }, body: "{}" } }',
  )
  const reply = await ask()
  assert.match(reply, /^HTTP\/1\.1 503 /)
  assert.match(reply, /\r\nretry-after: 5\r\n/)
  assert.match(reply, /\r\ncontent-type: application\/json\r\n/)
  assert.ok(reply.endsWith('\r\n\r\n{}'))
})

test('a reply of the service is its reply, unless its status is named', async (t) => {
  const { ask } = await startTwo(t, says(500, 'one'), '{ to: two }')
  assert.match(await ask(), /^HTTP\/1\.1 500 .*one$/s)
  const named = await startTwo(t, says(500, 'one'), '{ to: two, on: [500, 503] }')
  assert.match(await named.ask(), /^HTTP\/1\.1 200 .*two$/s)
  const closed = await startTwo(t, 'closed', '{ to: two, on: [500] }')
  assert.match(await closed.ask(), /^HTTP\/1\.1 502 /)
})

test('a body that did not leave goes to the other service; one that did is not sent again', async (t) => {
  const BODY = 'Content-Length: 5\r\n\r\nhello'
  const closed = await startTwo(t, 'closed', '{ to: two }')
  assert.match(await closed.ask('POST', BODY), /^HTTP\/1\.1 200 .*two$/s)
  const reset = await startTwo(t, resets, '{ to: two }')
  assert.match(await reset.ask('POST', BODY), /^HTTP\/1\.1 502 /)
  assert.equal(reset.two.connections.length, 0)
  const made = await startTwo(t, resets, '{ respond: sorry }')
  assert.match(await made.ask('POST', BODY), /^HTTP\/1\.1 200 .*sorry$/s)
})

test('what may not be done twice is not asked of another service once it was sent', async (t) => {
  const { ask, two } = await startTwo(t, resets, '{ to: two }')
  assert.match(await ask('POST'), /^HTTP\/1\.1 502 /)
  assert.equal(two.connections.length, 0)
  assert.match(await ask('POST', 'Idempotency-Key: k\r\n\r\n'), /^HTTP\/1\.1 200 /)
  assert.match(await ask('DELETE', 'Content-Length: 0\r\n\r\n'), /^HTTP\/1\.1 200 .*two$/s)
})

test('a service that is left alone by its circuit breaker has its fallback', async (t) => {
  const { ask, one } = await startTwo(
    t,
    says(500, 'one'),
    '{ to: two }',
    ', circuitBreaker: { errorRate: 50%, minRequests: 2, open: 10s }',
  )
  assert.match(await ask(), /^HTTP\/1\.1 500 /)
  assert.match(await ask(), /^HTTP\/1\.1 500 /)
  assert.match(await ask('POST', 'Content-Length: 2\r\n\r\nhi'), /^HTTP\/1\.1 200 .*two$/s)
  assert.equal(one!.connections.length, 1)
})

test('a service that is as busy as it may be has its fallback', async (t) => {
  const { gateway, one, ask } = await startTwo(t, hangs, '{ to: two }', ', concurrency: { max: 1 }')
  const first = new RawClient(gateway.port).send('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await until(() => one!.connections.length === 1)
  assert.match(await ask('POST', 'Content-Length: 2\r\n\r\nhi'), /^HTTP\/1\.1 200 .*two$/s)
  first.close()
})

test('a fallback that fails is the end: its own fallback is not asked', async (t) => {
  const { port, gateway } = await startGateway(
    t,
    `services:
  a: { targets: "${CLOSED}", fallback: { to: b } }
  b: { targets: "${CLOSED}", fallback: { to: a } }
routes: [{ path: /**, to: a }]`,
  ).then((started) => ({ port: started.port, gateway: started }))
  assert.match(await exchange(port, 'GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n'), /^HTTP\/1\.1 502 /)
  const [line] = await gateway.accessLog(1)
  assert.deepEqual([line!['service'], line!['fault']], ['b', 'SERVICE_REFUSED'])
})

test('a route may say another fallback than the service, or none', async (t) => {
  const two = await startBackend(t, says(200, 'two'))
  const { port } = await startGateway(
    t,
    `services: { one: { targets: "${CLOSED}", fallback: { to: "${two.url}" } } }
routes:
  - { path: /a, to: one }
  - { path: /b, to: one, fallback: { respond: made } }
  - { path: /c, to: one, fallback: false }`,
  )
  const ask = (path: string) => exchange(port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
  assert.match(await ask('/a'), /two$/)
  assert.match(await ask('/b'), /made$/)
  assert.match(await ask('/c'), /^HTTP\/1\.1 502 /)
})
