import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type BackendConnection, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`

/** Answers with method, path and body, after a delay that differs. */
function echo({ socket, received }: BackendConnection): void {
  const [method, path] = received.split(' ')
  const said = `${method} ${path} ${received.slice(received.indexOf('\r\n\r\n') + 4)}.`
  const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${said.length}\r\n\r\n${said}`
  if (said.length % 3 === 0) setTimeout(() => socket.write(reply), said.length % 4)
  else socket.write(reply)
}

async function setUp(t: TestContext) {
  const backend = await startBackend(t, (connection, whole) => {
    if (!whole) return
    echo(connection)
    connection.received = ''
  })
  const gateway = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  return { backend, gateway, client: new RawClient(gateway.port) }
}

const bodies = (received: string): string[] =>
  received.split(/HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)+\r\n/).slice(1)

test('DOS-04: requests sent ahead are answered in order, each its own, whatever the delays', async (t) => {
  const { client, gateway } = await setUp(t)
  const count = 1_500
  client.socket.pause()
  for (let n = 0; n < count; n++) client.send(get(`/n/${n}${'x'.repeat(n % 7)}`))
  await until(() => client.socket.bytesRead > 0 || client.socket.bytesWritten > 65_536)
  client.socket.resume()
  await until(
    () => client.received.endsWith(` /n/${count - 1}${'x'.repeat((count - 1) % 7)} .`),
    20_000,
  )
  assert.deepEqual(
    bodies(client.received),
    Array.from({ length: count }, (_, n) => `GET /n/${n}${'x'.repeat(n % 7)} .`),
  )
  client.close()
  assert.equal(await gateway.metric('portcullis_requests_in_progress'), 0)
})

test('GET, POST with a body and GET in one write, and in every split of it', async (t) => {
  const { client } = await setUp(t)
  const text =
    get('/a') +
    'POST /b HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 5\r\n\r\nhello' +
    'POST /c HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n' +
    get('/d')
  for (let at = 0; at < text.length; at += 7) {
    client.received = ''
    client.send(text.slice(0, at))
    await new Promise((resolve) => void setImmediate(resolve))
    client.send(text.slice(at))
    await client.untilReceived('/d .')
    assert.deepEqual(
      bodies(client.received).map((body) => body.replace(/\d\r\n|\r\n/g, '')),
      ['GET /a .', 'POST /b hello.', 'POST /c xyz.', 'GET /d .'],
    )
  }
  client.close()
})

test('what is sent behind a request that is refused is not executed', async (t) => {
  const { client, backend } = await setUp(t)
  client.send(get('/first') + get('/bad path') + get('/evil'))
  const received = await client.untilEnded()
  assert.match(received, /^HTTP\/1\.1 200 [^]*GET \/first [^]*HTTP\/1\.1 400 [^]*BAD_REQUEST/)
  assert.doesNotMatch(received, /evil/)
  assert.equal(backend.connections.length, 1)
  client.close()
})

test('while a reply is owed no more than some 64 KiB of what is sent ahead is read', async (t) => {
  const held: BackendConnection[] = []
  const backend = await startBackend(t, (connection, whole) => {
    if (!whole) return
    if (held.length === 0) held.push({ ...connection })
    else connection.socket.write(OK)
    connection.received = ''
  })
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  const client = new RawClient(port).send(get('/held'))
  await until(() => held.length === 1)
  const ahead = get(`/${'x'.repeat(8_000)}`).repeat(2_000) // 16 MB
  client.send(ahead)
  let written = -1
  let since = performance.now()
  await until(() => {
    if (client.socket.writableLength !== written) since = performance.now()
    written = client.socket.writableLength
    return performance.now() - since > 300
  })
  assert.ok(written > ahead.length / 2, 'the gateway reads on')
  held[0]!.socket.write(OK)
  await until(() => bodies(client.received).length === 2_001, 20_000)
  client.close()
})
