import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { startLoad } from '../kit/load.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const MIGRATION = '/proc/sys/net/ipv4/tcp_migrate_req'

/** Set in a network of the test's own, where the kernel may hand connections from closed doors to open ones. */
const OWN_NETWORK = 'TAKE_OVER_IN_OWN_NETWORK'

/** Clients that come anew for each request: without that setting the kernel resets one now and then. */
const anew = process.env[OWN_NETWORK] === undefined ? 0 : 6

test('an upgrade by --take-over loses no request, and the admin port moves along', async (t) => {
  const port = await freePort()
  const admin = await freePort()
  const file = (greeting: string): string =>
    `listen: 127.0.0.1:${port}\nworkers: 2\nadmin: { port: ${admin} }\n` +
    `shutdown: { wait: 300ms, deadline: 5s }\nobserve: { accessLog: false }\n` +
    `routes: [{ path: /**, respond: ${greeting} }]\n`
  const folder = await temporaryFolder(t, { 'old.yaml': file('old'), 'new.yaml': file('new') })

  const old = await startProcess(t, join(folder, 'old.yaml'))
  const load = startLoad(t, { port, anew })
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

test('nor one of a client that comes anew each time, where the kernel lets connections migrate', (t) => {
  if (anew > 0) return
  const { NODE_TEST_CONTEXT: _, ...env } = process.env // or the runner would take itself for a part of this one
  const inOwnNetwork = (command: string, ...args: string[]) =>
    spawnSync(
      'unshare',
      ['-rn', 'sh', '-ec', `ip link set lo up; echo 1 > ${MIGRATION}; ${command}`, 'sh', ...args],
      { env: { ...env, [OWN_NETWORK]: '1' }, encoding: 'utf8' },
    )
  if (inOwnNetwork('true').status !== 0) {
    t.skip('this machine does not let a test have a network of its own')
    return
  }
  const again = ['--conditions=source', '--test', import.meta.filename]
  const { status, stdout } = inOwnNetwork('exec "$@"', process.execPath, ...again)
  assert.equal(status, 0, stdout)
  assert.match(stdout, /loses no request, and/)
})
