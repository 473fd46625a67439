import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { answering, type Answer, startBackend } from '../kit/backend.ts'
import { freePort } from '../kit/free-port.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const hangs: Answer = () => {}

/** A gateway before a service, and another that gets copies. */
async function startMirrored(t: TestContext, more = '', copies?: Answer, first?: Answer) {
  const one = await startBackend(t, first)
  const two = await startBackend(t, copies)
  const gateway = await startGateway(
    t,
    `services: { one: { targets: "${one.url}" }, two: { targets: "${two.url}" } }\n` +
      `routes: [{ path: /**, to: one, mirror: { to: two ${more} } }]`,
  )
  const ask = (text: string) => exchange(gateway.port, text)
  const outcome = (name: string) => gateway.metric(`portcullis_mirror_total{outcome="${name}"}`)
  return { gateway, one, two, ask, outcome }
}

const GET = 'GET /a?b=c HTTP/1.1\r\nHost: gw.test\r\nX-A: 1\r\nX-Shadow: 0\r\nX_Shadow: 0\r\n\r\n'
const post = (length: number) =>
  `POST /p HTTP/1.1\r\nHost: gw.test\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`

test('another service gets a copy that is marked, and the client the reply of the first', async (t) => {
  const { one, two, ask, outcome } = await startMirrored(
    t,
    '',
    answering('HTTP/1.1 201 X\r\nContent-Length: 0\r\n\r\n'),
  )
  assert.match(await ask(GET), /^HTTP\/1\.1 200 .*ok$/s)
  await until(async () => (await outcome('answered')) === 1)
  const [first, copy] = [one.received(), two.connections.length]
  assert.equal(copy, 1)
  assert.ok(!/shadow/i.test(first))
})

test('the copy has the request’s own line, fields, id and body', async (t) => {
  const { two, ask, outcome } = await startMirrored(t)
  await ask(GET)
  await until(async () => (await outcome('answered')) === 1)
  assert.match(two.received(), /^GET \/a\?b=c HTTP\/1\.1\r\nhost: gw\.test\r\n/)
  assert.match(two.received(), /\r\nx-a: 1\r\nx-shadow: 1\r\n/)
  assert.equal(two.received().match(/shadow/gi)?.length, 1)
  await ask(
    'POST /p HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
  )
  await until(async () => (await outcome('answered')) === 2)
  assert.match(two.received(), /\r\ncontent-length: 5\r\n\r\nabcde$/)
})

test('the mark of a copy is passed on when a trusted proxy says it', async (t) => {
  const backend = await startBackend(t)
  const listen = 'listeners: { l: { host: 127.0.0.1, port: 0, trustedProxies: [127.0.0.1] } }'
  const yaml = `routes: [{ path: /**, to: "${backend.url}" }]`
  const { port } = await startGateway(t, yaml, { listen })
  await exchange(port, GET)
  assert.match(backend.received(), /\r\nx-shadow: 0\r\n/)
})

test('a service of copies that hangs, fails or is down is nothing to the client', async (t) => {
  const ways: Record<string, Answer> = {
    hangs,
    resets: ({ socket }) => void socket.resetAndDestroy(),
    fails: answering('HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n'),
  }
  for (const [way, copies] of Object.entries(ways))
    await t.test(way, async (inner) => {
      const { ask, outcome, gateway } = await startMirrored(inner, ', timeout: 200ms', copies)
      for (let n = 0; n < 3; n++) assert.match(await ask(GET), /^HTTP\/1\.1 200 .*ok$/s)
      await until(async () => (await outcome('failed')) === 3)
      assert.ok(
        (await gateway.accessLog(3)).every(
          (line) => line['service'] === 'one' && line['fault'] === undefined,
        ),
      )
    })
})

test('no more copies are under way than allowed', async (t) => {
  const { ask, outcome, two } = await startMirrored(t, ', max: 2', hangs)
  for (let n = 0; n < 5; n++) await ask(GET)
  await ask(post(3))
  assert.equal(await outcome('full'), 4)
  await until(() => two.connections.length === 2)
})

test('a body that is too large is passed on, and not copied', async (t) => {
  const { ask, outcome, one, two } = await startMirrored(t, ', maxBody: 10B')
  await ask(post(11))
  await ask(
    `POST /p HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n`,
  )
  assert.equal(await outcome('too_large'), 2)
  await ask(post(10))
  await until(async () => (await outcome('answered')) === 1)
  assert.equal(two.received().match(/^POST /gm)?.length, 1)
  assert.ok(one.received().includes('01234567890'))
})

test('a body that breaks off is not copied', async (t) => {
  const { gateway, outcome, one, two } = await startMirrored(t)
  const client = new RawClient(gateway.port).send(
    'POST /p HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 9\r\n\r\nabc',
  )
  await until(() => one.received().endsWith('abc'))
  client.close()
  await until(async () => (await outcome('dropped')) === 1)
  assert.equal(two.connections.length, 0)
})

test('a client that leaves takes nothing from the copy', async (t) => {
  let answer: (() => void) | undefined
  const { gateway, outcome, two } = await startMirrored(
    t,
    '',
    ({ socket }) =>
      (answer = () => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
    hangs,
  )
  const client = new RawClient(gateway.port).send(GET)
  await until(() => two.connections[0]?.received.endsWith('\r\n\r\n') === true)
  client.close()
  await gateway.accessLog(1)
  answer!()
  await until(async () => (await outcome('answered')) === 1)
})

test('about the share that is wanted is copied', async (t) => {
  const { ask, outcome } = await startMirrored(t, ', share: 50%')
  for (let n = 0; n < 60; n++) await ask(GET)
  await until(async () => (await outcome('answered')) > 5)
  assert.ok((await outcome('answered')) < 55)
})

test('copies end when the gateway leaves, and nobody waits for them', async (t) => {
  const one = await startBackend(t)
  const two = await startBackend(t, hangs)
  const port = await freePort()
  const folder = await temporaryFolder(t, {
    'p.yaml': `listen: 127.0.0.1:${port}\nworkers: 1\nadmin: { port: 0 }\nshutdown: { wait: 10s, deadline: 20s }
routes: [{ path: /**, to: "${one.url}", mirror: { to: "${two.url}" } }]`,
  })
  const gateway = await startProcess(t, join(folder, 'p.yaml'))
  await exchange(port, GET)
  await until(() => two.open() === 1)
  gateway.child.kill('SIGTERM')
  await until(() => two.open() === 0)
})
