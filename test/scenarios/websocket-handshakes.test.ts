import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'
import { ACCEPT, handshake, SWITCHED } from '../kit/websockets.ts'

const route = (url: string, rest = ''): string => `routes: [{ path: /ws, to: "${url}"${rest} }]\n`

test('a handshake that is none is 400, says which version is understood, and reaches no service', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(t, route(backend.url))
  const bad = {
    'no key': handshake({ 'sec-websocket-key': undefined }),
    'a key of 15 bytes': handshake({ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25j' }),
    'a key that is not base64': handshake({ 'sec-websocket-key': '????????????????????????' }),
    'a key twice': handshake({}).replace(
      '\r\n\r\n',
      '\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    ),
    'no version': handshake({ 'sec-websocket-version': undefined }),
    'an old version': handshake({ 'sec-websocket-version': '8' }),
    POST: handshake({}, 'POST /ws HTTP/1.1'),
    'a length': handshake({ 'content-length': '0' }),
    'a body': `${handshake({ 'content-length': '5' })}hello`,
    chunks: `${handshake({ 'transfer-encoding': 'chunked' })}0\r\n\r\n`,
    'a key that Connection takes away': handshake({ connection: 'Upgrade, Sec-WebSocket-Key' }),
  }
  for (const [what, text] of Object.entries(bad)) {
    const reply = await exchange(port, text)
    assert.match(reply, /^HTTP\/1\.1 400 /, what)
    assert.match(reply, /\r\nsec-websocket-version: 13\r\n/, what)
    assert.match(reply, /BAD_UPGRADE/, what)
    assert.match(reply, /\r\nconnection: close\r\n/, what)
  }
  assert.equal(backend.received(), '')
})

test('what asks for another protocol, or does not ask as it must, is an ordinary request', async (t) => {
  let seen = ''
  const service = await startBackend(
    t,
    answering((request) => ((seen = request), 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
  )
  const { port } = await startGateway(t, route(service.url))
  const others = [
    handshake({ upgrade: 'h2c' }),
    handshake({ upgrade: 'websockets, TLS/1.0' }),
    handshake({ connection: 'keep-alive' }),
    handshake({ upgrade: undefined }),
    handshake({}, 'GET /ws HTTP/1.0'),
  ]
  for (const text of others) {
    assert.match(await exchange(port, text), /^HTTP\/1\.1 200 /)
    assert.doesNotMatch(seen, /\r\n(?:upgrade|connection):/i)
  }
})

test('the service gets the handshake in the gateway’s own words, and the client its answer', async (t) => {
  const backend = await startBackend(t, ({ socket }, whole) => whole && socket.write(SWITCHED))
  const { port } = await startGateway(t, route(backend.url))
  const text = handshake({
    upgrade: 'h2c, WebSocket',
    connection: 'keep-alive, UPGRADE, x-secret',
    'x-secret': '1',
    origin: 'https://app.example',
    'sec-websocket-protocol': 'chat',
  })
  const client = new RawClient(port).send(text)
  await client.untilReceived(ACCEPT)
  const asked = backend.received()
  assert.match(asked, /\r\nconnection: upgrade\r\nupgrade: websocket\r\n/)
  assert.equal(asked.match(/\r\n(?:connection|upgrade):/gi)!.length, 2)
  assert.match(asked, /\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n/)
  assert.match(asked, /\r\nsec-websocket-protocol: chat\r\n/)
  assert.match(asked, /\r\norigin: https:\/\/app\.example\r\n/)
  assert.doesNotMatch(asked, /x-secret/)
  assert.match(client.received, /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  assert.match(client.received, /\r\nconnection: upgrade\r\nupgrade: websocket\r\n/)
  assert.match(client.received, /\r\nx-request-id: [0-9a-f]{32}\r\n/)
  client.close()
})

test('a 101 that nobody asked for, or that does not fit, is 502 and never reaches the client', async (t) => {
  let reply = ''
  const backend = await startBackend(t, ({ socket }, whole) => whole && socket.write(reply))
  const { port } = await startGateway(t, route(backend.url))
  const wrong = {
    'no Accept': SWITCHED.replace(/Sec-WebSocket-Accept: .*\r\n/, ''),
    'another Accept': SWITCHED.replace(ACCEPT, 's3pPLMBiTxaQ9kYGzzhZRbK+xOx='),
    'another protocol': SWITCHED.replace('websocket', 'h2c'),
    'no Upgrade': SWITCHED.replace('Upgrade: websocket\r\n', ''),
    'no Connection': SWITCHED.replace('Connection: Upgrade\r\n', ''),
    'a length': SWITCHED.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n'),
  }
  for (const [what, text] of Object.entries(wrong)) {
    reply = text
    const got = await exchange(port, handshake())
    assert.match(got, /^HTTP\/1\.1 502 /, what)
    assert.match(got, /SERVICE_BAD_REPLY/, what)
  }
  reply = SWITCHED
  const plain = await exchange(port, 'GET /ws HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  assert.match(plain, /^HTTP\/1\.1 502 /)
  const right = new RawClient(port).send(handshake())
  await right.untilReceived(ACCEPT)
  assert.match(right.received, /^HTTP\/1\.1 101 /)
  right.close()
})

test('any other reply is passed on, and the connection goes on as HTTP', async (t) => {
  const backend = await startBackend(
    t,
    answering((request) =>
      request.includes('upgrade: websocket')
        ? 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno'
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ),
  )
  const { port } = await startGateway(t, route(backend.url))
  // Bytes that come before the answer are a request like any other: they never go to the service as they are.
  const client = new RawClient(port).send(`${handshake()}GET /ws HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
  const got = await client.replies(2)
  assert.match(got, /^HTTP\/1\.1 401 [^]*www-authenticate: Basic[^]*noHTTP\/1\.1 200 /)
  assert.equal(backend.connections.length, 1)
  client.close()
})

test('what either side says at once with its part of the handshake is not lost', async (t) => {
  const hello = '\x81\x02hi'
  const backend = await startBackend(t, (connection, whole) => {
    if (!whole || !connection.received.startsWith('GET')) return
    connection.received = ''
    connection.socket.write(SWITCHED + hello, 'latin1')
  })
  const { port } = await startGateway(t, route(backend.url))
  const early = '\x81\x82\0\0\0\0yo'
  const client = new RawClient(port).send(handshake() + early)
  await client.untilReceived(hello)
  await until(() => backend.received() === early)
  client.close()
  await until(() => backend.open() === 0)
})

test('WSK-04: a service that is not there is 502 at once, one that does not answer 504 in its time', async (t) => {
  const silent = await startBackend(t, () => {})
  const { port } = await startGateway(
    t,
    `routes:\n  - { path: /ws, to: "http://127.0.0.1:${await freePort()}" }\n` +
      `  - { path: /silent, to: "${silent.url}", timeout: { response: 300ms } }\n` +
      `  - { path: /ping, respond: pong }\n`,
  )
  assert.match(await exchange(port, handshake()), /^HTTP\/1\.1 502 [^]*SERVICE_REFUSED/)
  assert.match(
    await exchange(port, handshake({}, 'GET /silent HTTP/1.1')),
    /^HTTP\/1\.1 504 [^]*RESPONSE_TIMEOUT/,
  )
  assert.match(await exchange(port, 'GET /ping HTTP/1.1\r\nHost: gw.test\r\n\r\n'), / 200 /)
})
