import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const door = (limits: string) => ({
  listen: `listeners: { main: { host: 127.0.0.1, port: 0, limits: ${limits} } }`,
})
const ASK = 'GET /ok HTTP/1.1\r\nHost: gw.test\r\n\r\n'
const HEAD = 'GET /ok HTTP/1.1\r\nHost: gw.test'

/** A head of so many bytes, without the empty line. */
const headOf = (bytes: number): string => {
  const start = `${HEAD}\r\nX: `
  return `${start.padEnd(bytes - 2, 'x')}\r\n\r\n`
}
const fields = (count: number): string =>
  `${HEAD}\r\n${Array.from({ length: count - 1 }, (_, n) => `X-${n}: 1\r\n`).join('')}\r\n`
const target = (bytes: number): string => ASK.replace('/ok', '/'.padEnd(bytes, 'x'))
const targetAndQuery = (bytes: number): string => ASK.replace('/ok', '/a?'.padEnd(bytes, 'x'))

test('a head is served up to each of its bounds, and refused beyond it, before any service hears of it', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}" }]`,
    door('{ headers: 1KiB, fields: 10, target: 64B }'),
  )
  for (const [name, within, beyond, refusal] of [
    ['bytes', headOf(1_024), headOf(1_030), /^HTTP\/1\.1 431 [^]*HEADERS_TOO_LARGE/],
    ['endless', ASK, headOf(1_500).trimEnd(), /^HTTP\/1\.1 431 [^]*HEADERS_TOO_LARGE/],
    ['fields', fields(10), fields(11), /^HTTP\/1\.1 431 [^]*HEADERS_TOO_LARGE/],
    ['target', target(64), target(65), /^HTTP\/1\.1 414 [^]*TARGET_TOO_LONG/],
    ['query', targetAndQuery(64), targetAndQuery(65), /^HTTP\/1\.1 414 [^]*TARGET_TOO_LONG/],
    ['endless target', ASK, `GET /${'x'.repeat(2_000)}`, /^HTTP\/1\.1 414 [^]*TARGET_TOO_LONG/],
  ] as const)
    await t.test(name, async () => {
      assert.match(await exchange(port, within), /^HTTP\/1\.1 200 /)
      const before = backend.received()
      const client = new RawClient(port).send(beyond)
      const received = await client.untilEnded()
      assert.match(received, refusal)
      assert.match(received, /\r\nconnection: close\r\n/)
      client.close()
      assert.equal(backend.received(), before)
    })
})

/** Says the text byte by byte, one every `everyMs`, until the other side ends. Returns how much it could say. */
async function drip(client: RawClient, text: string, everyMs: number): Promise<number> {
  let sent = 0
  for (; sent < text.length && !client.ended && client.received === ''; sent++) {
    client.send(text[sent]!)
    await new Promise((resolve) => void setTimeout(resolve, everyMs))
  }
  return sent
}

test('a head has headerTimeout from its first byte on, however often another comes; then 408', async (t) => {
  const { port, accessLog } = await startGateway(
    t,
    'routes: [{ path: /**, respond: ok }]',
    door('{ headerTimeout: 300ms, idleTimeout: 20s }'),
  )
  const next = new RawClient(port).send(ASK)
  await next.replies()
  const slow = [
    ['the first head', new RawClient(port), headOf(1_000)],
    ['the next one', next, headOf(1_000)],
    ['a first line', new RawClient(port), `GET /${'x'.repeat(1_000)}`],
    ['empty lines and a head', new RawClient(port), `\r\n\r\n${headOf(1_000)}`],
  ] as const
  const quick = new RawClient(port)
  await Promise.all([
    ...slow.map(async ([name, client, text]) => {
      client.received = ''
      const since = performance.now()
      await drip(client, text, 20)
      const took = performance.now() - since
      assert.match(await client.untilEnded(), /^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/, name)
      assert.match(client.received, /\r\nconnection: close\r\n/)
      assert.ok(took > 250 && took < 2_000, `${name}: ${took} ms`)
      client.close()
    }),
    drip(quick, HEAD, 2).then(() => quick.send('\r\n\r\n')), // slow as well, but whole in time
  ])
  assert.match(await quick.replies(), /^HTTP\/1\.1 200 /)
  const log = await accessLog(slow.length + 2)
  assert.equal(log.filter(({ fault }) => fault === 'REQUEST_TIMEOUT').length, slow.length)
})

test('a connection without a request is closed in silence after idleTimeout: the first time, and after a reply', async (t) => {
  const { port, metric } = await startGateway(
    t,
    'routes: [{ path: /**, respond: ok }]',
    door('{ idleTimeout: 300ms }'),
  )
  const silent = new RawClient(port)
  const emptyLines = new RawClient(port)
  const served = new RawClient(port).send(ASK)
  await served.replies()
  const { received } = served
  const since = performance.now()
  await Promise.all([
    silent.untilEnded(),
    served.untilEnded(),
    (async () => {
      while (!emptyLines.ended) await drip(emptyLines, '\r\n', 20)
    })(),
  ])
  const took = performance.now() - since
  assert.ok(took > 200 && took < 3_000, `${took} ms`)
  assert.equal(silent.received, '')
  assert.equal(emptyLines.received, '')
  assert.equal(served.received, received)
  for (const client of [silent, emptyLines, served]) client.close()
  await until(async () => (await metric('portcullis_connections')) === 0)
})

test('connections beyond their number are closed at once; when one ends, another is served', async (t) => {
  const { port, metric } = await startGateway(
    t,
    'routes: [{ path: /**, respond: ok }]',
    door('{ connections: 3 }'),
  )
  const served = [1, 2, 3].map(() => new RawClient(port).send(ASK))
  for (const client of served) assert.match(await client.replies(), /^HTTP\/1\.1 200 /)
  for (let n = 0; n < 5; n++) {
    const beyond = new RawClient(port).send(ASK)
    assert.equal(await beyond.untilEnded(), '')
    beyond.close()
  }
  assert.equal(await metric('portcullis_connections'), 3)
  for (const client of served) client.send(ASK)
  for (const client of served) assert.match(await client.replies(2), /ok.*HTTP\/1\.1 200 /s)
  served[0]!.close()
  await until(async () => (await metric('portcullis_connections')) === 2)
  assert.match(await exchange(port, ASK), /^HTTP\/1\.1 200 /)
  for (const client of served) client.close()
  await until(async () => (await metric('portcullis_connections')) === 0)
})

test('a client that does not read its reply is let go after idleTimeout, and the service with it', async (t) => {
  const backend = await startBackend(t, ({ socket }, whole) => {
    if (!whole) return
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n')
    const push = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    }
    socket.on('drain', push)
    push()
  })
  const { port, accessLog, metric } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}" }]`,
    door('{ idleTimeout: 300ms }'),
  )
  const client = new RawClient(port).send(ASK)
  await client.untilReceived('\r\n\r\n')
  client.socket.pause()
  const [line] = await accessLog(1)
  assert.deepEqual(
    [line!['status'], line!['fault'], line!['complete']],
    [200, 'CLIENT_GONE', false],
  )
  await until(() => backend.open() === 0)
  client.close()
  await until(async () => (await metric('portcullis_connections')) === 0)
})
