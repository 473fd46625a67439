import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, type BackendConnection, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const STREAM = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const PIECE = `400\r\n${'x'.repeat(0x400)}\r\n`
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`

/** How a client leaves a download: with a reset, with a FIN on both sides, or with its own side closed alone. */
const leaving: Readonly<Record<string, (client: RawClient) => void>> = {
  'a reset': (client) => void client.socket.resetAndDestroy(),
  'a close': (client) => client.close(),
  'a half-close': (client) => void client.socket.end(),
}

test('ABT-02: a download that its client leaves ends at the service too, however it leaves', async (t) => {
  const backend = await startBackend(t, ({ socket, received }, whole) => {
    if (!whole) return
    if (received.includes(' /silent ')) return
    socket.write(STREAM)
    const push = (): void => {
      while (!socket.destroyed && socket.write(PIECE));
    }
    socket.on('drain', push)
    push()
  })
  const gateway = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [how, leave] of Object.entries(leaving))
    for (const path of ['/endless', '/silent'])
      await t.test(`${path} by ${how}`, async () => {
        const clients = Array.from({ length: 10 }, () => new RawClient(gateway.port))
        for (const client of clients) client.send(get(path))
        if (path === '/endless') for (const client of clients) await client.untilReceived('xxxx')
        else await until(() => backend.open() === 10)
        for (const client of clients) leave(client)
        await until(() => backend.open() === 0)
        await until(async () => (await gateway.metric('portcullis_requests_in_progress')) === 0)
        for (const client of clients) client.close()
      })
})

test('an upload that its client leaves is never whole for the service, and its connection not used again', async (t) => {
  const backend = await startBackend(t)
  const gateway = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  await exchange(gateway.port, get('/warm'))
  for (const body of [
    'Content-Length: 10\r\n\r\nhello',
    'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  ])
    for (const [how, leave] of Object.entries(leaving))
      await t.test(`${body.slice(0, 14)} by ${how}`, async () => {
        const before = backend.received()
        const client = new RawClient(gateway.port)
        client.send(`POST /up HTTP/1.1\r\nHost: gw.test\r\n${body}`)
        await until(() => backend.received() !== before && backend.received().includes('hello'))
        leave(client)
        await until(() => backend.open() === 0)
        client.close()
        assert.doesNotMatch(backend.received(), /\r\n0\r\n\r\n/)
        const reply = await exchange(gateway.port, get('/next'))
        assert.match(reply, /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
      })
})

/** What a service sends before it breaks off, and at most which body its client may get. */
const broken: readonly (readonly [sent: string, body: string])[] = [
  [`${STREAM}3\r\nabc\r\n`, 'abc'],
  [`${STREAM}3\r\nabc\r\n0\r\n`, 'abc'],
  [`${STREAM}6\r\nabc`, 'abc'],
  [`${STREAM}3\r\nabc\r\nzz\r\n`, 'abc'],
  [`${STREAM}3\r\nabcdef\r\n`, 'abc'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc', 'abc'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabc', 'abc'],
  [STREAM, ''],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', ''],
  ['HTTP/1.1 200 OK\r\nContent-Le', ''],
]

test('ABT-03, ABT-04: a reply that breaks off never looks whole, to clients of either version', async (t) => {
  let sent = ''
  let reset = false
  const backend = await startBackend(t, ({ socket }, whole) => {
    if (!whole) return
    if (reset) socket.write(sent, () => setImmediate(() => socket.resetAndDestroy()))
    else socket.end(sent)
  })
  const gateway = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [n, [text, body]] of broken.entries())
    for (const end of ['FIN', 'reset'])
      for (const version of ['HTTP/1.1', 'HTTP/1.0'])
        await t.test(`${n}: ${end} to ${version}`, async () => {
          sent = text
          reset = end === 'reset'
          const client = new RawClient(gateway.port).send(
            `GET /half ${version}\r\nHost: gw.test\r\nConnection: close\r\n\r\n`,
          )
          const received = await client.untilEnded()
          if (received.startsWith('HTTP/1.1 502 ')) return
          const head = received.slice(0, received.indexOf('\r\n\r\n') + 4)
          const rest = received.slice(head.length)
          const whole = /\r\ncontent-length: (\d+)/.exec(head)?.[1]
          if (whole !== undefined) assert.ok(rest.length < Number(whole))
          else if (head.includes('\r\ntransfer-encoding: chunked'))
            assert.doesNotMatch(rest, /^0\r\n/m)
          else if (head !== '') assert.equal(client.error, 'ECONNRESET') // nothing else can tell it
          assert.ok(body.startsWith(rest.replace(/^[0-9a-f]+\r\n|\r\n/gm, '')), received)
        })
  const log = await gateway.accessLog(broken.length * 4)
  assert.deepEqual(
    log.filter(({ status, complete }) => status === 200 && complete !== false),
    [],
  )
})

test('ABT-09: the late answer to a request that timed out is for nobody', async (t) => {
  let late: BackendConnection | undefined
  const backend = await startBackend(t, (connection, whole) => {
    if (!connection.received.startsWith('GET /late')) answering(OK)(connection, whole)
    else if (whole) late = connection
  })
  const { port } = await startGateway(
    t,
    `services: { one: { targets: "${backend.url}", connections: { max: 1 } } }
routes:
  - { path: /**, to: one }
  - { path: /late, to: one, timeout: { response: 100ms } }
  - { path: /late-in-all, to: one, timeout: 100ms }
`,
  )
  for (const [path, code] of [
    ['/late', 'RESPONSE_TIMEOUT'],
    ['/late-in-all', 'TOTAL_TIMEOUT'],
  ]) {
    const reply = await exchange(port, get(path!))
    assert.match(reply, new RegExp(`^HTTP/1\\.1 504 [^]*${code}`))
    const next = exchange(port, get('/now'))
    late!.socket.write(OK.replace('ok', 'no'))
    assert.match(await next, /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
    await until(() => backend.open() === 1)
  }
})
