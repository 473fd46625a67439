import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { answering, startBackend } from '../kit/backend.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { RawClient } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

async function setUp(t: TestContext, routes: string, rest = '') {
  const port = await freePort()
  const admin = await freePort()
  const head = `listen: 127.0.0.1:${port}\nworkers: 2\nadmin: { port: ${admin} }\n`
  const log = 'observe: { accessLog: { to: "file:access.log" } }\n'
  const folder = await temporaryFolder(t, { 'portcullis.yaml': `${head}${log}${rest}${routes}` })
  const file = join(folder, 'portcullis.yaml')
  return {
    port,
    folder,
    gateway: await startProcess(t, file),
    write: (next: string) => writeFileSync(file, `${head}${log}${rest}${next}`),
    ready: async () => (await fetch(`http://127.0.0.1:${admin}/readyz`)).status,
  }
}

const ASK = 'GET /slow HTTP/1.1\r\nHost: gw.test\r\n\r\n'

test('SIGTERM: readiness turns, replies say close, what is in progress ends well, and nothing was cut', async (t) => {
  const held: (() => void)[] = []
  const backend = await startBackend(t, (connection, whole) => {
    if (whole) held.push(() => answering()(connection, true))
  })
  const { port, gateway, ready } = await setUp(
    t,
    `routes: [{ path: /slow, to: "${backend.url}" }, { path: /ping, respond: pong }]`,
    'shutdown: { wait: 200ms, deadline: 20s }\n',
  )
  assert.equal(await ready(), 200)
  const slow = new RawClient(port).send(ASK)
  const kept = new RawClient(port).send('GET /ping HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  assert.doesNotMatch(await kept.replies(), /connection: close/)
  await until(() => held.length === 1)

  gateway.child.kill('SIGTERM')
  await until(async () => (await ready()) === 503)
  kept.send('GET /ping HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await kept.replies(2)
  assert.match(await kept.untilEnded(), /connection: close\r\n/)
  held[0]!()
  assert.match(await slow.untilEnded(), /^HTTP\/1\.1 200 [^]*connection: close\r\n[^]*ok$/)
  assert.equal(await gateway.exited, 0)
  assert.match(gateway.said(), /left: nothing was cut/)
})

test('SIGTERM: what is not over at the deadline is cut, and counted', async (t) => {
  const backend = await startBackend(t, () => {})
  const { port, gateway } = await setUp(
    t,
    `routes: [{ path: /slow, to: "${backend.url}" }]`,
    'shutdown: { wait: 0s, deadline: 300ms }\n',
  )
  const slow = new RawClient(port).send(ASK)
  await until(() => backend.received() !== '')
  gateway.child.kill('SIGTERM')
  await slow.untilEnded()
  assert.equal(slow.received, '')
  assert.equal(await gateway.exited, 0)
  assert.match(gateway.said(), /left: 1 exchange was cut at the deadline/)
})

test('SIGHUP takes up the changed file; a bad one is refused with its place, and the old stays', async (t) => {
  const { port, gateway, write } = await setUp(t, 'routes: [{ path: /, respond: one }]')
  const answer = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text()
  assert.equal(await answer(), 'one')
  write('routes: [{ path: /, respnd: two }]')
  gateway.child.kill('SIGHUP')
  await gateway.untilSaid(
    /portcullis\.yaml:\d+:\d+ .*respnd[^]*not reloaded, the old configuration stays/,
  )
  assert.equal(await answer(), 'one')
  write('routes: [{ path: /, respond: two }]')
  gateway.child.kill('SIGHUP')
  await gateway.untilSaid('reloaded: configuration 2 is in force')
  assert.equal(await answer(), 'two')
})

test('SIGUSR2 opens the log anew: each line is in the old file or the new one', async (t) => {
  const { port, gateway, folder } = await setUp(t, 'routes: [{ path: /**, respond: ok }]')
  const log = join(folder, 'access.log')
  const ask = async (path: string): Promise<void> => {
    await (await fetch(`http://127.0.0.1:${port}/${path}`)).text()
  }
  await ask('before')
  await until(() => readFileSync(log, 'utf8').includes('/before'))
  renameSync(log, `${log}.1`)
  gateway.child.kill('SIGUSR2')
  await until(() => {
    try {
      return readFileSync(log, 'utf8') === ''
    } catch {
      return false
    }
  })
  await ask('after')
  await until(() => readFileSync(log, 'utf8').includes('/after'))
  assert.doesNotMatch(readFileSync(`${log}.1`, 'utf8'), /\/after/)
})
