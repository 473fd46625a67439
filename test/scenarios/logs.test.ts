import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { startLoad } from '../kit/load.ts'
import { exchange } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

test('two workers, a pipe that is read slowly: every line is whole, and none is lost', async (t) => {
  const port = await freePort()
  const admin = await freePort()
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 2\nadmin: { port: ${admin} }\n` +
      'shutdown: { wait: 0s, deadline: 5s }\nroutes: [{ path: /**, respond: ok }]\n',
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'), { stdout: 'pipe' })
  const stdout = gateway.child.stdout!.pause() // the pipe holds 64 KiB; the rest has to wait
  const load = startLoad(t, { port, path: `/${'long'.repeat(100)}`, keptAlive: 8, anew: 2 })
  await until(() => load.answered > 1_500)
  let text = ''
  stdout.on('data', (piece) => (text += String(piece))).resume()
  await until(() => load.answered > 2_000)
  await load.stop()
  gateway.child.kill('SIGTERM')
  assert.equal(await gateway.exited, 0)
  await until(() => stdout.readableEnded)
  const lines = text.split('\n')
  assert.equal(lines.pop(), '')
  assert.equal(lines.length, load.answered)
  for (const line of lines) assert.equal((JSON.parse(line) as { status: number }).status, 200)
})

test('a reader that has stopped reading keeps the gateway from nothing, not even from ending', async (t) => {
  const port = await freePort()
  const admin = await freePort()
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 1\nadmin: { port: ${admin} }\n` +
      'shutdown: { wait: 0s, deadline: 5s }\nroutes: [{ path: /**, respond: ok }]\n',
  })
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const pipe = openSync(join(folder, 'pipe'), constants.O_RDWR) // a reader who never reads
  t.after(() => closeSync(pipe))
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'), { stdout: pipe })
  const load = startLoad(t, { port, path: `/${'long'.repeat(200)}` })
  await until(() => load.answered > 300)
  await load.stop()
  assert.deepEqual(load.failures, [])
  gateway.child.kill('SIGTERM')
  assert.equal(await gateway.exited, 0)
  assert.match(gateway.said(), /nobody reads the log any more/)
})

test('whatever a client writes, a log line is one line of JSON that says just that', async (t) => {
  const { port, accessLog } = await startGateway(t, 'routes: [{ path: /**, respond: ok }]')
  const agents = [
    'x","status":500,"admin":"true',
    'tab\there \\ back \x80\xff\xe9',
    '\x5b31mred',
    '%0d%0a{"status":200}',
    '${jndi:ldap://x} <script>',
  ]
  for (const agent of agents) {
    await exchange(port, `GET /a%22b HTTP/1.1\r\nHost: gw.test\r\nUser-Agent: ${agent}\r\n\r\n`)
  }
  const lines = await accessLog(agents.length)
  assert.deepEqual(
    lines.map(({ userAgent }) => userAgent),
    agents,
  )
  for (const line of lines) {
    assert.equal(line['status'], 200)
    assert.equal('admin' in line, false)
  }
})

test('the request id of a reply is that of its lines in both logs', async (t) => {
  const port = await freePort()
  const closed = await freePort()
  const admin = await freePort()
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 1\nadmin: { port: ${admin} }\n` +
      `routes: [{ path: /**, to: "http://127.0.0.1:${closed}" }]\n`,
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'), { stdout: 'pipe' })
  let access = ''
  gateway.child.stdout!.on('data', (piece) => (access += String(piece)))
  const reply = await fetch(`http://127.0.0.1:${port}/a`)
  assert.equal(reply.status, 502)
  const id = reply.headers.get('x-request-id')!
  await until(() => access.includes('\n'))
  const line = JSON.parse(access) as Record<string, unknown>
  assert.equal(line['requestId'], id)
  assert.equal(line['fault'], 'SERVICE_REFUSED')
  await gateway.untilSaid(`"requestId":"${id}"`)
  const said = gateway
    .said()
    .split('\n')
    .find((candidate) => candidate.includes(id))!
  const failure = JSON.parse(said) as Record<string, unknown>
  assert.equal(failure['fault'], 'SERVICE_REFUSED')
  assert.match(String(failure['cause']), new RegExp(`ECONNREFUSED 127\\.0\\.0\\.1:${closed}`))
})
