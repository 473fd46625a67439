import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { startGateway } from '../kit/gateway.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { until } from '../kit/until.ts'

const DEADLY = `
import { defineEndpoint, z } from '${import.meta.resolve('#sdk/index')}'
export const deadly = defineEndpoint({
  name: 'deadly',
  summary: 'Ends the worker that runs it',
  options: z.enum(['throw', 'loop', 'hoard']),
  create: (how) => () => {
    if (how === 'loop') for (;;) ;
    if (how === 'throw') setImmediate(() => { throw new Error('thrown out of any request') })
    if (how === 'hoard') for (const kept = []; ; ) kept.push({ text: 'x'.repeat(10) + kept.length, list: [kept.length] })
    return new Promise(() => {})
  },
})
`

for (const how of ['throw', 'loop']) {
  test(`a worker that ends by ${how} is replaced, and what it had in progress counts no more`, async (t) => {
    const folder = await temporaryFolder(t, {})
    const plugin = join(folder, 'deadly.ts')
    writeFileSync(plugin, DEADLY)
    const { url, metric } = await startGateway(
      t,
      `plugins: ${plugin}\nroutes:\n  - { path: /die, deadly: ${how} }\n  - { path: /ping, respond: pong }\n`,
      { workers: 2 },
    )
    const death = fetch(`${url}/die`).then(
      () => 'answered',
      () => 'cut',
    )
    assert.equal(await death, 'cut')
    const ping = async (): Promise<boolean> => {
      const reply = await fetch(`${url}/ping`, { headers: { connection: 'close' } }).catch(
        () => undefined,
      )
      return (await reply?.text()) === 'pong'
    }
    for (let i = 0; i < 20; i++) await until(ping)
    assert.equal(await metric('portcullis_requests_in_progress'), 0)
  })
}

test('a worker that reaches its heap limit is replaced, and the others serve meanwhile', async (t) => {
  const port = await freePort()
  const admin = await freePort()
  const folder = await temporaryFolder(t, {
    'deadly.ts': DEADLY,
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 2\nadmin: { port: ${admin} }\nplugins: ./deadly.ts\n` +
      'observe: { accessLog: { to: "file:access.log" } }\n' +
      'routes: [{ path: /die, deadly: hoard }, { path: /ping, respond: pong }]\n',
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'), {
    nodeArgs: ['--max-old-space-size=64'],
  })
  const url = `http://127.0.0.1:${port}`
  let isDead = false
  const death = fetch(`${url}/die`).then(
    () => 'answered',
    () => 'cut',
  )
  void death.then(() => (isDead = true))
  const ping = async (): Promise<string | undefined> => {
    const headers = { connection: 'close' }
    const asked = fetch(`${url}/ping`, { headers, signal: AbortSignal.timeout(1_000) })
    return asked.then(
      (reply) => reply.text(),
      () => undefined,
    )
  }
  // The kernel gives each worker half of the connections: those of the dying one wait, the others are answered.
  let pongs = 0
  await until(async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, ping))
    pongs += replies.filter((reply) => reply === 'pong').length
    return isDead
  }, 30_000)
  assert.equal(await death, 'cut')
  assert.ok(pongs > 0)
  await gateway.untilSaid(/worker \d ended: [^"]*memory/i)
  for (let i = 0; i < 20; i++) await until(async () => (await ping()) === 'pong')
  const metrics = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text()
  assert.match(metrics, /^portcullis_requests_in_progress 0$/m)
})
