import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { valuesOf } from '../kit/recorder.ts'

const CHUNKED = 'Transfer-Encoding: chunked'

/** Replies that end with their head, and the length that the client may learn of. */
const bodiless: readonly (readonly [
  method: string,
  status: string,
  line: string,
  length?: string,
])[] = [
  ['HEAD', '200 OK', CHUNKED],
  ['HEAD', '200 OK', 'Content-Length: 1000000', '1000000'],
  ['HEAD', '200 OK', 'Content-Length: 0', '0'],
  ['HEAD', '200 OK', 'X-None: 1'],
  ['HEAD', '404 Not Found', 'Content-Length: 9', '9'],
  ['HEAD', '204 No Content', 'X-None: 1'],
  ['GET', '204 No Content', 'X-None: 1'],
  ['GET', '204 No Content', 'Content-Length: 5'],
  ['GET', '204 No Content', CHUNKED],
  ['DELETE', '204 No Content', 'Content-Length: 0'],
  ['GET', '304 Not Modified', 'Content-Length: 1000', '1000'],
  ['GET', '304 Not Modified', CHUNKED],
  ['HEAD', '304 Not Modified', 'ETag: "a"'],
]

test('BDL-03: a reply without a body ends with its head, whatever it announces, on both connections', async (t) => {
  let head = ''
  const backend = await startBackend(
    t,
    answering((request) => (request.includes(' /next ') ? OK : head)),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [method, status, line, length] of bodiless)
    await t.test(`${method} ${status}, ${line}`, async () => {
      head = `HTTP/1.1 ${status}\r\n${line}\r\n\r\n`
      const client = new RawClient(port).send(`${method} /big HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
      const first = await client.replies()
      assert.match(first, new RegExp(`^HTTP/1\\.1 ${status}\r\n[^]*\r\n\r\n$`))
      assert.deepEqual(valuesOf(first, 'content-length'), length === undefined ? [] : [length])
      assert.deepEqual(valuesOf(first, 'transfer-encoding'), [])
      client.send('GET /next HTTP/1.1\r\nHost: gw.test\r\n\r\n')
      const both = await client.untilReceived('\r\n\r\nok')
      client.close()
      assert.equal(both.indexOf('HTTP/1.1 200 OK\r\n', first.length), first.length)
    })
  assert.equal(backend.connections.length, 1)
})

test('BDL-05: a body that ends with its connection arrives whole and ends clean, in one piece or more', async (t) => {
  const heads = [
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain',
    'HTTP/1.0 200 OK',
    'HTTP/1.1 200 OK\r\nConnection: close',
  ]
  const backend = await startBackend(t, ({ socket, received }, whole) => {
    if (!whole) return
    const [, n, count] = /^GET \/(\d)\/(\d+)/.exec(received)!
    const body = 'x'.repeat(Number(count))
    socket.write(`${heads[Number(n)]!}\r\n\r\n${body.slice(0, 1_000)}`, () =>
      // The second piece is one for itself: it goes out when the kernel has the first.
      setImmediate(() => socket.end(body.slice(1_000))),
    )
  })
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [n, head] of heads.entries())
    for (const count of [0, 10, 3_000])
      await t.test(`${head}, ${count} bytes`, async () => {
        const request = `GET /${n}/${count} HTTP/1.1\r\nHost: gw.test\r\n\r\n`
        const client = new RawClient(port).send(request)
        const received = await client.untilReceived('\r\n0\r\n\r\n')
        client.close()
        assert.deepEqual(valuesOf(received, 'content-length'), [])
        const chunks = received.slice(received.indexOf('\r\n\r\n') + 4)
        assert.equal(chunks.replace(/^[0-9a-f]+\r\n|\r\n/gm, ''), 'x'.repeat(count))

        const old = new RawClient(port).send(request.replace('HTTP/1.1', 'HTTP/1.0'))
        const plain = await old.untilEnded()
        assert.equal(plain.slice(plain.indexOf('\r\n\r\n') + 4), 'x'.repeat(count))
        assert.equal(old.error, undefined)
      })
})

test('a refusal of HEAD has the head that GET gets, and no body', async (t) => {
  const { port } = await startGateway(t, 'routes: [{ path: /there, respond: here }]')
  for (const [path, status] of [
    ['/there', 200],
    ['/nowhere', 404],
  ] as const) {
    const [got, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) =>
        exchange(port, `${method} ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`),
      ),
    )
    assert.ok(head!.startsWith(`HTTP/1.1 ${status} `), head)
    assert.ok(head!.endsWith('\r\n\r\n'), head)
    assert.ok(got!.length > head!.length)
  }
})
