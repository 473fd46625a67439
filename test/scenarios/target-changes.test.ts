import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { answering, type Backend, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const ROUTES = 'routes: [{ path: /a, to: s }]\n'

const service = (targets: string, rest = ''): string =>
  `services: { s: { targets: [${targets}], balance: roundRobin${rest} } }\n${ROUTES}`

const list = (...backends: Backend[]): string => backends.map(({ url }) => `"${url}"`).join(', ')

/** Says its name. */
async function startNamed(t: TestContext, name: string) {
  const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`
  return startBackend(t, answering(reply))
}

async function ask(url: string, times: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let n = 0; n < times; n++) {
    const who = await (await fetch(`${url}/a`)).text()
    counts[who] = (counts[who] ?? 0) + 1
  }
  return counts
}

test('a target that stays keeps its connections when another comes or goes, in every worker', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const { url, reload } = await startGateway(t, service(list(a)), { workers: 2 })
  await Promise.all(Array.from({ length: 40 }, () => ask(url, 1)))
  const before = a.connections.length
  await reload(service(list(a, b)))
  const counts = await ask(url, 40)
  assert.deepEqual(Object.keys(counts).toSorted(), ['a', 'b'])
  assert.ok(b.open() > 0)
  await reload(service(list(a)))
  assert.deepEqual(await ask(url, 40), { a: 40 })
  await until(() => b.open() === 0)
  assert.equal(a.connections.length, before)
})

test('a call under way at a target that goes away is answered, and its connection is closed after it', async (t) => {
  const slow = await startBackend(t, () => {})
  const b = await startNamed(t, 'b')
  const { url, reload } = await startGateway(t, service(list(slow)))
  const reply = fetch(`${url}/a`)
  await until(() => slow.received().includes('\r\n\r\n'))
  await reload(service(list(b)))
  assert.deepEqual(await ask(url, 5), { b: 5 })
  slow.connections[0]!.socket.write(OK)
  assert.equal(await (await reply).text(), 'ok')
  await until(() => slow.open() === 0)
})

test('a drained target gets no new calls, its calls under way end, and the metrics tell', async (t) => {
  const slow = await startBackend(t, () => {})
  const b = await startNamed(t, 'b')
  const { url, reload, metric } = await startGateway(t, service(list(slow)), { workers: 2 })
  const draining = `portcullis_target_draining{service="s",target="${slow.url}"}`
  const reply = fetch(`${url}/a`)
  await until(() => slow.received().includes('\r\n\r\n'))
  assert.ok(Number.isNaN(await metric(draining)))
  await reload(service(`{ url: "${slow.url}", drain: true }, ${list(b)}`))
  assert.equal(await metric(draining), 1)
  assert.deepEqual(await ask(url, 20), { b: 20 })
  slow.connections[0]!.socket.write(OK)
  assert.equal(await (await reply).text(), 'ok')
  assert.equal(slow.connections.length, 1)
})

test('a service whose targets are all drained answers 503, and works again when one is back', async (t) => {
  const a = await startNamed(t, 'a')
  const drained = service(`{ url: "${a.url}", drain: true }`)
  const { url, reload, accessLog } = await startGateway(t, drained)
  const reply = await fetch(`${url}/a`)
  assert.equal(reply.status, 503)
  const [line] = await accessLog(1)
  assert.equal(line!['fault'], 'NO_TARGET')
  await reload(service(list(a)))
  assert.deepEqual(await ask(url, 3), { a: 3 })
})

test('other bounds of the connections make them anew', async (t) => {
  const a = await startNamed(t, 'a')
  const { url, reload } = await startGateway(t, service(list(a)))
  await ask(url, 3)
  assert.equal(a.connections.length, 1)
  await reload(service(list(a), ', host: target'))
  await ask(url, 3)
  assert.equal(a.connections.length, 2)
})

test('every way to balance does with targets that come and go', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  for (const balance of ['leastRequests', 'random', '{ hash: "header:x-key" }']) {
    const of = (targets: string): string =>
      `services: { s: { targets: [${targets}], balance: ${balance} } }\n${ROUTES}`
    const { url, reload } = await startGateway(t, of(list(a)))
    assert.deepEqual(await ask(url, 5), { a: 5 }, balance)
    await reload(of(list(b)))
    assert.deepEqual(await ask(url, 5), { b: 5 }, balance)
    await reload(of(`{ url: "${b.url}", drain: true }`))
    assert.equal((await fetch(`${url}/a`)).status, 503, balance)
  }
})

/** A plugin that starts or fails, in each worker by itself. */
const pluginThat = (does: string): string => `
import { defineEndpoint, z } from '${import.meta.resolve('#sdk/index')}'
export const moody = defineEndpoint({
  name: 'moody',
  summary: 'Starts or fails',
  options: z.boolean(),
  create: (fails) => { if (fails) throw new Error('moody'); return () => undefined },
})
// ${does}
`

test('a configuration that workers refuse changes no target', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const plugin = join(await temporaryFolder(t, { 'p.ts': pluginThat('') }), 'p.ts')
  const of = (targets: string, fails: boolean): string =>
    `plugins: ${plugin}\n${service(targets)}  - { path: /m, moody: ${fails} }\n`.replace(
      ROUTES,
      'routes:\n  - { path: /a, to: s }\n',
    )
  const { url, reload } = await startGateway(t, of(list(a), false), { workers: 2 })
  await assert.rejects(reload(of(list(b), true)), /moody/)
  assert.deepEqual(await ask(url, 20), { a: 20 })
  assert.equal(b.connections.length, 0)
})

test('workers that take over with new code know all targets', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const plugin = join(await temporaryFolder(t, { 'p.ts': pluginThat('') }), 'p.ts')
  const of = (targets: string): string => `plugins: ${plugin}\n${service(targets)}`
  const { url, reload } = await startGateway(t, of(list(a)), { workers: 2 })
  writeFileSync(plugin, pluginThat('something else'))
  await reload(of(list(a, b)))
  assert.deepEqual(Object.keys(await ask(url, 40)).toSorted(), ['a', 'b'])
})

test('another try does not go to a target that went away meanwhile', async (t) => {
  const [a, b] = [await startBackend(t, () => {}), await startNamed(t, 'b')]
  const retry = ', retry: { attempts: 3, on: reset }'
  const { url, reload } = await startGateway(t, service(list(a), retry))
  for (const next of [list(b), `{ url: "${a.url}", drain: true }`]) {
    await reload(service(list(a), retry))
    const before = a.connections.length
    const reply = fetch(`${url}/a`)
    await until(() => a.connections[before]?.received.includes('\r\n\r\n') === true)
    await reload(service(next, retry))
    a.connections[before]!.socket.destroy()
    assert.equal((await reply).status, next === list(b) ? 200 : 503)
    assert.equal(a.connections.length, before + 1)
  }
})
