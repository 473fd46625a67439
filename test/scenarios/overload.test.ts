import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

/** An endpoint that keeps the event loop for so many milliseconds. */
const PLUGIN = `
import { defineEndpoint, Reply, z } from '${join(import.meta.dirname, '../../src/index.ts')}'
export const busy = defineEndpoint({
  name: 'busy',
  summary: 'Keeps the loop',
  options: z.int(),
  create: (ms) => () => {
    for (const end = performance.now() + ms; performance.now() < end; );
    return new Reply(200)
  },
})
`

async function start(t: TestContext, overload: string, ms = 80) {
  const folder = await temporaryFolder(t, { 'busy.ts': PLUGIN })
  const gateway = await startGateway(
    t,
    `plugins: ["${join(folder, 'busy.ts')}"]
overload: ${overload}
routes:
  - { path: /busy, priority: critical, busy: ${ms} }
  - { path: /low, priority: low, respond: low }
  - { path: /normal, respond: normal }
  - { path: /critical, priority: critical, respond: critical }`,
  )
  const ask = (path: string) =>
    exchange(gateway.port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
  /** Clients that ask for what keeps the loop, again and again. */
  const press = () => {
    const over = new AbortController()
    t.after(() => over.abort())
    const clients = Array.from({ length: 3 }, async () => {
      while (!over.signal.aborted) await ask('/busy')
    })
    return async () => {
      over.abort()
      await Promise.all(clients)
    }
  }
  return { gateway, ask, press }
}

const isShed = (reply: string) => reply.startsWith('HTTP/1.1 503 ')

test('while the event loop runs late the lowest class is refused first, the critical is not, and it ends', async (t) => {
  const { gateway, ask, press } = await start(t, '{ maxLag: 50ms }')
  assert.match(await ask('/low'), /^HTTP\/1\.1 200 /)
  const release = press()
  await until(async () => isShed(await ask('/low')), 20_000)
  const refused = await (async () => {
    for (;;) {
      const reply = await ask('/low')
      if (isShed(reply)) return reply
    }
  })()
  assert.match(refused, /\r\nretry-after: [1-5]\r\n/)
  assert.match(refused, /"code":"OVERLOADED"/)
  for (let n = 0; n < 5; n++) assert.match(await ask('/critical'), /^HTTP\/1\.1 200 /)
  await until(async () => isShed(await ask('/normal')), 20_000)
  await release()
  await until(async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => ask('/low')))
    return !replies.some(isShed)
  }, 20_000)
  assert.ok((await gateway.metric('portcullis_event_loop_lag_seconds_total')) > 0)
})

test('the body of a request that is refused is not read', async (t) => {
  const { gateway, ask, press } = await start(t, '{ maxLag: 50ms }')
  const release = press()
  await until(async () => isShed(await ask('/low')), 20_000)
  await until(async () => {
    const client = new RawClient(gateway.port).send(
      'POST /low HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1000000\r\n\r\n',
    )
    const reply = await client.replies()
    client.close()
    return isShed(reply)
  }, 20_000)
  await release()
})

test('overload: false refuses nothing, however late the loop runs', async (t) => {
  const { ask, press } = await start(t, 'false')
  const release = press()
  for (let n = 0; n < 6; n++) assert.match(await ask('/low'), /^HTTP\/1\.1 200 /)
  await release()
})
