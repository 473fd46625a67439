import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { busy, startSlow } from '../kit/busy-backends.ts'
import { startGateway } from '../kit/gateway.ts'
import { startLoad } from '../kit/load.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`

/** A plugin's file: `deadly: true` ends the worker that runs it. */
async function deadlyPlugin(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t, {})
  const plugin = join(folder, 'deadly.ts')
  writeFileSync(
    plugin,
    `import { defineEndpoint, z } from '${import.meta.resolve('#sdk/index')}'
export const deadly = defineEndpoint({
  name: 'deadly', summary: 'Ends the worker that runs it', options: z.literal(true),
  create: () => () => { setImmediate(() => { throw new Error('thrown out of any request') }); return new Promise(() => {}) },
})`,
  )
  return plugin
}

test('a worker that dies under load takes no place with it, and leaves none too many', async (t) => {
  const target = busy(3)
  const backend = await startBackend(t, (connection, whole) => {
    target.answer(connection, whole)
    if (whole) connection.received = ''
  })
  const { port } = await startGateway(
    t,
    `plugins: ${await deadlyPlugin(t)}
services: { s: { targets: "${backend.url}", concurrency: { max: 5, queue: 100, timeout: 10s } } }
routes: [{ path: /die, deadly: true }, { path: /**, to: s }]\n`,
    { workers: 3 },
  )
  const load = startLoad(t, { port, keptAlive: 24, anew: 8 })
  await until(() => load.answered > 200, 15_000)
  for (let deaths = 0; deaths < 2; deaths++)
    await new RawClient(port).send(get('/die')).untilEnded()
  const before = load.answered
  await until(() => load.answered > before + 300, 15_000)
  target.forget() // what the dead one had asked was still under way at the target
  await until(() => load.answered > before + 1_000, 15_000)
  await load.stop()
  assert.equal(target.fullest(), 5)
  assert.ok(
    load.failures.every((failure) => !failure.startsWith('status')),
    load.failures.join(),
  )
})

test('places that a dead worker held are free again', async (t) => {
  const { url, held } = await startSlow(t)
  const { port } = await startGateway(
    t,
    `plugins: ${await deadlyPlugin(t)}
services: { s: { targets: "${url}", concurrency: { max: 2, queue: 100, timeout: 20s } } }
routes: [{ path: /die, deadly: true }, { path: /**, to: s }]\n`,
    { workers: 3 },
  )
  const holders = [1, 2].map(() => new RawClient(port).send(get('/held')))
  await until(() => held.length === 2)
  const waiting = Array.from({ length: 12 }, () => new RawClient(port).send(get('/free')))
  // Whose worker a connection comes to is chance: again until those who hold the places are gone.
  while (!holders.every(({ ended }) => ended)) {
    const killer = new RawClient(port).send(get('/die'))
    await killer.untilEnded()
  }
  await until(() => waiting.every(({ ended, received }) => ended || received.includes('200 OK')))
  for (const { received } of waiting) assert.doesNotMatch(received, /503/)
  await until(async () => {
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => exchange(port, get('/free')).catch(String)),
    )
    return replies.every((reply) => reply.startsWith('HTTP/1.1 200'))
  }, 10_000)
})
