import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { startLoad } from '../kit/load.ts'
import { RawClient } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

test('a hundred changes of the file under load: no request fails, no connection is dropped', async (t) => {
  const backend = await startBackend(t)
  const file = (n: number): string =>
    `routes:\n  - { path: /**, to: "${backend.url}" }\n  - { path: /generation, respond: "${n}" }\n`
  const { port, url, reload } = await startGateway(t, file(0), { workers: 2 })
  const kept = new RawClient(port)
  const load = startLoad(t, { port, path: '/a' })
  await until(() => load.answered > 50)
  for (let n = 1; n <= 100; n++) {
    await reload(file(n))
    kept.send('GET /generation HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    await kept.untilReceived(`\r\n\r\n${n}`)
  }
  await load.stop()
  assert.equal(kept.ended, false)
  assert.deepEqual(load.failures, [])
  assert.equal(await (await fetch(`${url}/generation`)).text(), '100')
})

test('a request in progress ends with the configuration it began with', async (t) => {
  const held: (() => void)[] = []
  const backend = await startBackend(t, ({ socket }, whole) => {
    if (whole) held.push(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  })
  const file = (version: string): string =>
    `routes: [{ path: /a, to: "${backend.url}", headers: { response: { set: { x-version: ${version} } } } }]`
  const { port, reload } = await startGateway(t, file('one'))
  const old = new RawClient(port).send('GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await until(() => held.length === 1)
  await reload(file('two'))
  const young = new RawClient(port).send('GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await until(() => held.length === 2)
  for (const answer of held) answer()
  assert.match(await old.replies(), /x-version: one\r\n/)
  assert.match(await young.replies(), /x-version: two\r\n/)
})

test('a saved file is taken up by itself; one with mistakes is refused whole, each with its place', async (t) => {
  const { gateway, url, folder } = await startGateway(t, 'routes: [{ path: /, respond: one }]')
  const file = join(folder, 'portcullis.yaml')
  const outcomes: string[] = []
  gateway.onReload = (outcome) =>
    outcomes.push(
      outcome.kind === 'refused'
        ? JSON.stringify(
            'complaints' in outcome.reason ? outcome.reason.complaints : outcome.reason,
          )
        : outcome.kind,
    )
  const answer = async (): Promise<string> => (await fetch(url)).text()
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('one', 'two') + '\nworkrs: 3\nroute: []\n')
  await until(() => outcomes.length === 1)
  assert.match(outcomes[0]!, /workrs/)
  assert.match(outcomes[0]!, /"route"|route\b/)
  assert.equal(await answer(), 'one')
  writeFileSync(file, text.replace('one', 'three'))
  await until(() => outcomes.includes('changed'))
  assert.equal(await answer(), 'three')
})

test('listeners come and go by reload; the ones that stay are not touched', async (t) => {
  const { gateway, reload, port } = await startGateway(t, 'routes: [{ path: /, respond: ok }]', {
    listen: 'listeners: { a: { port: 0, host: 127.0.0.1 } }',
  })
  const kept = new RawClient(port).send('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await kept.replies()
  assert.deepEqual(Object.keys(gateway.ports), ['a'])
  await reload('routes: [{ path: /, respond: ok, headers: { response: { set: { x-a: b } } } }]')
  kept.send('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  assert.match(await kept.replies(2), /x-a: b/)
  assert.equal(gateway.ports['a'], port)
})

const HEAVY = `
import { defineFilter, z } from '${import.meta.resolve('#sdk/index')}'
export const heavy = defineFilter({
  name: 'heavy',
  summary: 'Weighs 8 MB',
  phase: 'transform',
  options: z.int(),
  create(n) {
    const ballast = Buffer.alloc(8_000_000, n)
    return { onRequest() { if (ballast[0] !== n) throw new Error('not mine') } }
  },
})
`

test('after many reloads nothing is left of the old configurations: neither connections nor memory', async (t) => {
  const backend = await startBackend(t)
  const folder = await temporaryFolder(t, { 'heavy.ts': HEAVY })
  const file = (n: number): string =>
    `plugins: ${join(folder, 'heavy.ts')}\n` +
    `services: { s: { targets: ["${backend.url}"], timeout: { response: ${n + 1}s } } }\n` +
    `routes: [{ path: "/x${n}/{a}", to: s, heavy: ${n} }]\n`
  const { url, reload, metric } = await startGateway(t, file(0))
  let n = 0
  const around = async (times: number): Promise<number> => {
    for (const last = n + times; n < last;) {
      await reload(file(++n))
      assert.equal((await fetch(`${url}/x${n}/1`)).status, 200)
    }
    return process.memoryUsage.rss()
  }
  const before = await around(30)
  const grown = (await around(60)) - before
  assert.ok(grown < 240_000_000, `the process has grown by ${grown} bytes`) // half of what 60 of them weigh
  await until(async () => (await metric('portcullis_requests_in_progress')) === 0)
  await until(() => backend.open() === 1) // the pools of those before are closed
})
