import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { type BackendConnection, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`
const PART = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'

/** A port whose queue of connections is full: what comes anew is never answered. */
async function fullPort(t: TestContext): Promise<number> {
  const program = `const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(said)
  for (let connected = true; connected;) {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.on('error', () => {})
    connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<false>((resolve) => void setTimeout(resolve, 300, false)),
    ])
  }
  return port
}

test('a target that does not take the connection is 504 after timeout.connect', async (t) => {
  const port = await fullPort(t)
  const gateway = await startGateway(
    t,
    `routes: [{ path: /**, to: "http://127.0.0.1:${port}", timeout: { connect: 200ms } }]`,
  )
  const since = performance.now()
  assert.match(await exchange(gateway.port, get('/')), /^HTTP\/1\.1 504 [^]*CONNECT_TIMEOUT/)
  assert.ok(performance.now() - since < 2_000)
  await until(async () => (await gateway.metric('portcullis_service_connections')) === 0)
})

test('each time limit of a service ends what takes longer, and nothing else', async (t) => {
  const dripping = new Set<NodeJS.Timeout>()
  t.after(() => dripping.forEach(clearInterval))
  /** One byte every 50 ms, so many of them. */
  const drip = ({ socket }: BackendConnection, bytes: number): void => {
    socket.write(PART)
    const timer = setInterval(() => {
      if (bytes-- > 0 && !socket.destroyed) socket.write('x')
      else clearInterval(timer)
    }, 50)
    dripping.add(timer)
  }
  const backend = await startBackend(t, (connection, whole) => {
    const { socket, received } = connection
    if (received.startsWith('POST /full')) socket.pause()
    if (!whole) return
    connection.received = ''
    const path = received.split(' ')[1]!
    if (path.endsWith('/late')) setTimeout(() => socket.write(OK), 150)
    else if (path.endsWith('/part')) socket.write(`${PART}abc`)
    else if (path.endsWith('/drip')) drip(connection, 1_000)
    else if (path.endsWith('/enough')) {
      socket.write(PART.replace('100', '12'))
      for (let n = 1; n <= 12; n++) setTimeout(() => socket.write('y'), n * 50)
    }
  })
  const gateway = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", timeout: { response: 100ms } } }
routes:
  - { path: /**, to: s }
  - { path: /patient/**, to: s, timeout: { response: 5s } }
  - { path: /idle/**, to: s, timeout: { idle: 300ms } }
  - { path: /full, to: s, timeout: { idle: 200ms, response: 20s } }
  - { path: /total/**, to: s, timeout: { total: 300ms, response: 5s } }
`,
  )
  const { port } = gateway
  let asked = 0
  const line = async (): Promise<Record<string, unknown>> =>
    (await gateway.accessLog(++asked)).at(-1)!
  const cut = async (path: string, fault: string): Promise<void> => {
    const client = new RawClient(port).send(get(path))
    assert.match(await client.untilEnded(), /^HTTP\/1\.1 200 /)
    client.close()
    const { status, complete, fault: logged } = await line()
    assert.deepEqual([status, complete, logged], [200, false, fault])
  }
  await t.test('response, of the service', async () => {
    assert.match(await exchange(port, get('/late')), /^HTTP\/1\.1 504 [^]*RESPONSE_TIMEOUT/)
    assert.equal((await line())['fault'], 'RESPONSE_TIMEOUT')
  })
  await t.test('response, longer by the route', async () => {
    assert.match(await exchange(port, get('/patient/late')), /^HTTP\/1\.1 200 /)
    await line()
  })
  await t.test('idle within a reply: cut, with the fault in the log', () =>
    cut('/idle/part', 'IDLE_TIMEOUT'),
  )
  await t.test('idle does not bound a reply that moves', async () => {
    const client = new RawClient(port).send(get('/idle/enough'))
    await client.untilReceived('y'.repeat(12))
    client.close()
    assert.equal((await line())['fault'], undefined)
  })
  await t.test('idle within a body that the service does not take', async () => {
    const client = new RawClient(port).send(
      'POST /full HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 50000000\r\n\r\n',
    )
    client.socket.write(Buffer.alloc(50_000_000))
    assert.match(await client.replies(), /^HTTP\/1\.1 504 [^]*IDLE_TIMEOUT/)
    client.close()
    assert.equal((await line())['fault'], 'IDLE_TIMEOUT')
  })
  await t.test('total, before the reply', async () => {
    assert.match(await exchange(port, get('/total/never')), /^HTTP\/1\.1 504 [^]*TOTAL_TIMEOUT/)
    await line()
  })
  await t.test('total, within a reply that moves', () => cut('/total/drip', 'TOTAL_TIMEOUT'))
  await until(async () => (await gateway.metric('portcullis_requests_in_progress')) === 0)
})

test('calls beyond connections.max wait; who waits longer than for a connect is 503', async (t) => {
  const held: BackendConnection[] = []
  const backend = await startBackend(t, (connection, whole) => {
    if (whole) held.push(connection)
  })
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", connections: { max: 2 }, timeout: { connect: 500ms } } }
routes: [{ path: /**, to: s }]
`,
  )
  const clients = Array.from({ length: 4 }, () => new RawClient(port).send(get('/')))
  await until(() => held.length === 2)
  held.shift()!.socket.write(OK) // one is free again: the third call gets it
  await until(() => held.length === 2)
  await until(() => clients.filter(({ received }) => received !== '').length === 2)
  const answers = clients.map(({ received }) => received.slice(9, 12)).toSorted()
  assert.deepEqual(answers, ['', '', '200', '503'])
  assert.equal(backend.connections.length, 2)
  assert.match(clients.map(({ received }) => received).join(''), /CONNECTIONS_FULL/)
  for (const client of clients) client.close()
})

test('no more than 1024 calls wait for a connection: the next is 503 at once', async (t) => {
  const backend = await startBackend(t, () => {})
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", connections: { max: 1 }, timeout: { connect: 20s } } }
routes: [{ path: /**, to: s }]
`,
  )
  const clients = Array.from({ length: 1_030 }, () => new RawClient(port).send(get('/')))
  await until(() => clients.filter(({ received }) => received !== '').length === 5, 10_000)
  for (const { received } of clients)
    assert.match(received, /^(?:|HTTP\/1\.1 503 [^]*CONNECTIONS_FULL[^]*)$/)
  for (const client of clients) client.close()
})
