import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, type BackendConnection, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const ask = (port: number, method: string, more = '\r\n'): Promise<string> =>
  exchange(port, `${method} /r HTTP/1.1\r\nHost: gw.test\r\n${more}`)

/** With a body that is there, and one that is empty. */
const BODY = 'Content-Length: 1\r\n\r\nx'
const requests: readonly (readonly [method: string, more: string, repeats: boolean])[] = [
  ['GET', '\r\n', true],
  ['HEAD', '\r\n', true],
  ['OPTIONS', '\r\n', true],
  ['DELETE', '\r\n', true],
  ['PUT', BODY, false],
  ['DELETE', BODY, false],
  ['POST', '\r\n', false],
  ['POST', BODY, false],
  ['PATCH', BODY, false],
  ['FOO', '\r\n', false],
]

test('RTY-02: a used connection that ends without a word is replaced once, for what is safe to repeat', async (t) => {
  const ways: Readonly<Record<string, (connection: BackendConnection) => void>> = {
    FIN: ({ socket }) => void socket.end(),
    reset: ({ socket }) => void socket.resetAndDestroy(),
  }
  for (const [way, leave] of Object.entries(ways)) {
    let seen = 0
    const used = new WeakSet<BackendConnection>()
    const backend = await startBackend(t, (connection, whole) => {
      if (!whole) return
      seen++
      if (used.has(connection)) leave(connection)
      else {
        used.add(connection)
        const head = connection.received.startsWith('HEAD')
        answering(head ? OK.slice(0, -2) : OK)(connection, true)
      }
    })
    const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
    for (const [method, more, repeats] of requests)
      await t.test(`${method}${more === BODY ? ' with a body' : ''} and ${way}`, async () => {
        await until(() => backend.open() === 0 || used.has(backend.connections.at(-1)!))
        // Leaves one connection that was used once, whatever stood before.
        if (backend.open() === 0) await ask(port, 'POST')
        seen = 0
        const reply = await ask(port, method, more)
        assert.ok(reply.startsWith(repeats ? 'HTTP/1.1 200 ' : 'HTTP/1.1 502 '), reply)
        assert.equal(seen, repeats ? 2 : 1)
        if (!repeats) await until(() => backend.open() === 0)
      })
  }
})

test('a fresh connection that ends without a word is not tried again, also not for GET', async (t) => {
  let seen = 0
  const backend = await startBackend(t, ({ socket }, whole) => {
    if (!whole) return
    seen++
    socket.end()
  })
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  assert.match(await ask(port, 'GET'), /^HTTP\/1\.1 502 [^]*SERVICE_RESET/)
  assert.equal(seen, 1)
})

test('RTY-04: once a reply has begun nobody else goes on with it', async (t) => {
  const first = await startBackend(t, ({ socket, received }, whole) => {
    if (!whole) return
    const head = received.startsWith('GET /chunked')
      ? 'Transfer-Encoding: chunked\r\n\r\n5\r\nAAAAA\r\n'
      : 'Content-Length: 10\r\n\r\nAAAAA'
    socket.write(`HTTP/1.1 200 OK\r\n${head}`, () => setImmediate(() => socket.resetAndDestroy()))
  })
  const second = await startBackend(
    t,
    answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nBBBBBBBBBB'),
  )
  const { port } = await startGateway(
    t,
    `services: { two: { targets: ["${first.url}", "${second.url}"], balance: roundRobin } }\nroutes: [{ path: /**, to: two }]\n`,
  )
  let whole = 0
  for (let round = 0; round < 4; round++)
    for (const path of ['/mix', '/chunked']) {
      const reply = await exchange(
        port,
        `GET ${path} HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n\r\n`,
      )
      const body = reply.slice(reply.indexOf('\r\n\r\n') + 4)
      if (reply.startsWith('HTTP/1.1 502 ')) continue
      assert.match(body, /^(?:B{10}|(?:5\r\n)?A{0,5}(?:\r\n)?)$/)
      if (body.startsWith('B')) whole++
    }
  assert.equal(whole, 4)
})

test('a target that cannot be reached is passed over for another, as nothing was sent to it', async (t) => {
  const gone = await startBackend(t)
  const there = await startBackend(t)
  const gateway = await startGateway(
    t,
    `services: { two: { targets: ["http://127.0.0.2:${gone.port}", "${there.url}"], balance: roundRobin } }\nroutes: [{ path: /**, to: two }]\n`,
  )
  for (let round = 1; round <= 4; round++)
    assert.match(await ask(gateway.port, 'POST', BODY), /^HTTP\/1\.1 200 /)
  assert.equal(there.received().match(/POST \/r/g)?.length, 4)
  const attempts = (await gateway.accessLog(4)).map((line) => Number(line['attempts']))
  assert.deepEqual(
    attempts.toSorted((a, b) => a - b),
    [1, 1, 2, 2],
  )
})

/** Replies after which a connection is not to be used again, and some after which it is. */
const last: readonly (readonly [head: string, reused: boolean])[] = [
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n', true],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=60, max=100\r\n', true],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Closed, keep-alive\r\n', true],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n', false],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x ,CLOSE\r\n', false],
  [
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nConnection: close\r\n',
    false,
  ],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1\r\n', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n', false],
]

test('RTY-06: a connection that its service is done with is not used again', async (t) => {
  const cases = await Promise.all(
    [false, true].flatMap((ends) =>
      last.map(async ([head, reused]) => {
        const backend = await startBackend(t, (connection, whole) => {
          answering(`${head}\r\nok`)(connection, whole)
          if (ends && !reused) connection.socket.end()
        })
        return { head, reused, backend }
      }),
    ),
  )
  const routes = cases.map(({ backend }, n) => `  - { path: /${n}, to: "${backend.url}" }\n`)
  const { port } = await startGateway(t, `routes:\n${routes.join('')}`)
  for (const [n, { head, reused, backend }] of cases.entries()) {
    for (let round = 1; round <= 5; round++) {
      const reply = await exchange(port, `POST /${n} HTTP/1.1\r\nHost: gw.test\r\n${BODY}`)
      assert.match(reply, /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/, head)
    }
    assert.equal(backend.connections.length, reused ? 1 : 5, head)
  }
})

test('a connection whose FIN came while it was idle is not used again', async (t) => {
  const backend = await startBackend(t, (connection, whole) => {
    answering(OK)(connection, whole)
    if (whole) connection.socket.end()
  })
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (let round = 1; round <= 5; round++) {
    assert.match(await ask(port, 'POST', BODY), /^HTTP\/1\.1 200 /)
    await until(() => backend.open() === 0)
  }
  assert.equal(backend.connections.length, 5)
})
