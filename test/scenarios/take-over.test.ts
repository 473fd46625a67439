import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '#control/ports'
import { startProcess } from '../kit/gateway-process.ts'
import { startLoad } from '../kit/load.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

test('an upgrade by --take-over loses no request, and the admin port moves along', async (t) => {
  const port = await freePort('127.0.0.1')
  const admin = await freePort('127.0.0.1')
  const file = (greeting: string): string =>
    `listen: 127.0.0.1:${port}\nworkers: 2\nadmin: { port: ${admin} }\n` +
    `shutdown: { wait: 300ms, deadline: 5s }\nobserve: { accessLog: false }\n` +
    `routes: [{ path: /**, respond: ${greeting} }]\n`
  const folder = await temporaryFolder(t, { 'old.yaml': file('old'), 'new.yaml': file('new') })

  const old = await startProcess(t, join(folder, 'old.yaml'))
  const load = startLoad({ port })
  await until(() => load.answered > 200)
  const young = await startProcess(t, join(folder, 'new.yaml'), { args: ['--take-over'] })
  await young.untilSaid(`taken over: told process ${old.child.pid} to leave`)
  assert.equal(await old.exited, 0)
  assert.match(old.said(), /left: nothing was cut/)
  const before = load.answered
  await until(() => load.answered > before + 200)
  await load.stop()
  assert.deepEqual(load.failures, [])
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'new')
  await until(async () => {
    const reply = await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => undefined)
    return reply?.status === 200
  })
  young.child.kill('SIGTERM')
  assert.equal(await young.exited, 0)
})
