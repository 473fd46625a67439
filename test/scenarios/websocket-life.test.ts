import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Gateway } from '../../src/gateway.ts'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'
import { connected, startWebSockets } from '../kit/websockets.ts'

const SDK = JSON.stringify(import.meta.resolve('#sdk/index'))

const BALLAST_BYTES = 8_388_608

/** A filter of some weight that says in a file when the configuration that it belongs to is closed. */
async function tellingPlugin(t: TestContext) {
  const folder = await temporaryFolder(t, { closed: '' })
  const log = join(folder, 'closed')
  const plugin = await temporaryFolder(t, {
    'telling.ts': `import { appendFileSync } from 'node:fs'
import { defineFilter, z } from ${SDK}
export const telling = defineFilter({
  name: 'telling', summary: 'S', phase: 'shield', options: z.number(),
  create(n) {
    const ballast = new Uint8Array(${BALLAST_BYTES}).fill(n)
    return { onRequest() { ballast[0] }, close: () => appendFileSync(${JSON.stringify(log)}, n + ' ') }
  },
})`,
  })
  return { file: join(plugin, 'telling.ts'), closed: () => readFileSync(log, 'utf8') }
}

test('a WebSocket lives through fifty reloads that leave its route alone, and keeps no old configuration', async (t) => {
  const service = await startWebSockets(t)
  const { file, closed } = await tellingPlugin(t)
  const yaml = (n: number): string =>
    `plugins: ${file}\nroutes:\n${'\n'.repeat(n)}  - { path: /ws, to: "${service.url}" }\n` +
    `  - { path: /other, respond: "${n}", telling: ${n} }\n`
  const { port, reload } = await startGateway(t, yaml(0))
  const client = await connected(t, port)
  let before = 0
  for (let n = 1; n <= 50; n++) {
    await reload(yaml(n))
    await client.echoes(`after ${n}`)
    // Each is closed as soon as it is out of force, though the WebSocket that began under it is open.
    await until(() => closed().trim().split(' ').length === n)
    if (n === 10) before = process.memoryUsage.rss()
  }
  assert.match(closed(), /^0 1 2 .* 49 $/)
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 20 * BALLAST_BYTES, `${grown} bytes more`) // half of what 40 of them weigh
  assert.equal(client.code(), undefined)
})

test('a WebSocket whose route has changed is closed with 1001 when the drain time is over', async (t) => {
  const service = await startWebSockets(t)
  const yaml = (rest: string): string => `routes: [{ path: /ws, to: "${service.url}"${rest} }]\n`
  const { port, reload, accessLog } = await startGateway(t, yaml(''))
  const client = await connected(t, port)
  let heard = 0
  service.sockets[0]!.on('close', (code) => (heard = code))
  const begun = performance.now()
  await reload(yaml(', stripPrefix: /ws'))
  await client.echoes('still here')
  await until(() => client.code() !== undefined && heard > 0)
  assert.deepEqual([client.code(), heard], [1001, 1001])
  assert.ok(performance.now() - begun > 900)
  assert.equal((await accessLog(1))[0]!['fault'], 'ROUTE_GONE')
})

const byName = (url: string, rest = ''): string =>
  `services: { s: { targets: "${url}"${rest} } }\nroutes: [{ path: /ws, to: s }]\n`

test('a change of what holds for its service closes a WebSocket too; a change that is taken back does not', async (t) => {
  const service = await startWebSockets(t)
  const yaml = (rest: string): string => byName(service.url, rest)
  const { port, reload } = await startGateway(t, yaml(''))
  const client = await connected(t, port)
  await reload(yaml(', host: target'))
  await reload(yaml(''))
  const stays = performance.now() + 1_300
  await until(() => performance.now() > stays)
  await client.echoes('still here')
  await reload(yaml(', host: target'))
  await until(() => client.code() === 1001)
})

test('targets may come and go: a WebSocket stays with the one it has', async (t) => {
  const [one, two] = [await startWebSockets(t), await startWebSockets(t)]
  const { port, reload } = await startGateway(t, byName(one.url))
  const client = await connected(t, port)
  await reload(byName(two.url))
  const next = await connected(t, port)
  await Promise.all([client.echoes('to one'), next.echoes('to two')])
  assert.deepEqual([one.sockets.length, two.sockets.length], [1, 1])
})

test('the count of places stands over a reload', async (t) => {
  const service = await startWebSockets(t)
  const yaml = (n: number): string =>
    `routes:\n  - { path: /ws, to: "${service.url}", websocket: { connections: 1 } }\n  - { path: /b, respond: "${n}" }\n`
  const { port, reload } = await startGateway(t, yaml(0))
  const client = await connected(t, port)
  await reload(yaml(1))
  await assert.rejects(connected(t, port), /not open: 503/)
  client.socket.close()
  await until(() => client.code() !== undefined)
  await until(async () =>
    connected(t, port).then(
      () => true,
      () => false,
    ),
  )
})

test('SIGTERM: WebSockets go on while the gateway waits, then both sides are told 1001, long before the deadline', async (t) => {
  const service = await startWebSockets(t)
  const port = await freePort()
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 2\nadmin: { port: ${await freePort()} }\nobserve: { accessLog: { to: "file:access.log" } }\n` +
      `shutdown: { wait: 500ms, deadline: 20s }\nroutes: [{ path: /ws, to: "${service.url}" }]\n`,
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'))
  const clients = await Promise.all(Array.from({ length: 10 }, () => connected(t, port)))
  const codes: number[] = []
  for (const socket of service.sockets) socket.on('close', (code) => codes.push(code))
  const begun = performance.now()
  gateway.child.kill('SIGTERM')
  await clients[0]!.echoes('in the meantime')
  await until(() => clients.every((client) => client.code() === 1001))
  assert.ok(performance.now() - begun > 450)
  assert.equal(await gateway.exited, 0)
  assert.match(gateway.said(), /left: nothing was cut/)
  assert.ok(performance.now() - begun < 5_000)
  assert.deepEqual(codes, Array.from({ length: 10 }).fill(1001))
  const lines = readFileSync(join(folder, 'access.log'), 'utf8').trim().split('\n')
  assert.equal(lines.length, 10)
  for (const line of lines) assert.match(line, /"status":101,.*"fault":"DRAINING","complete":false/)
})

const listen = (names: readonly (readonly [string, number])[]): string =>
  `listeners: { ${names.map(([name, port]) => `${name}: { host: 127.0.0.1, port: ${port} }`).join(', ')} }`

test('new code of plugins replaces the workers: their WebSockets get 1001, and what comes then is served', async (t) => {
  const service = await startWebSockets(t)
  const { file } = await tellingPlugin(t)
  const yaml = `plugins: ${file}\nroutes: [{ path: /ws, to: "${service.url}", telling: 1 }]\n`
  const { port, reload } = await startGateway(t, yaml)
  const client = await connected(t, port)
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n// changed`)
  await reload(yaml)
  await until(() => client.code() === 1001)
  await (await connected(t, port)).echoes('again')
})

test('a listener that goes away takes its WebSockets along, with 1001; those of others stay', async (t) => {
  const service = await startWebSockets(t)
  const [a, b] = [await freePort(), await freePort()]
  const routes = `routes: [{ path: /ws, to: "${service.url}" }]\n`
  const admin = await freePort()
  const file = (names: Parameters<typeof listen>[0]): string =>
    `${listen(names)}\nworkers: 1\nadmin: { port: ${admin} }\n${routes}`
  const folder = await temporaryFolder(t, {
    'portcullis.yaml': file([
      ['a', a],
      ['b', b],
    ]),
  })
  const path = join(folder, 'portcullis.yaml')
  const gateway = new Gateway({
    file: path,
    environment: process.env,
    isTerminal: false,
    stage: undefined,
  })
  await gateway.start()
  t.after(() => gateway.stop(0, 1_000))
  const [stays, goes] = [await connected(t, a), await connected(t, b)]
  writeFileSync(path, file([['a', a]]))
  await gateway.reload()
  await until(() => goes.code() === 1001)
  await stays.echoes('still here')
})
