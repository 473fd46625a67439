import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createServer, type TlsOptions, type TLSSocket } from 'node:tls'
import { writeFileSync } from 'node:fs'
import { Authority, type Issued } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const ca = new Authority()
const stranger = new Authority('A Stranger')

interface SecureBackend {
  readonly port: number
  /** Whole requests, as latin1 text. */
  readonly requests: string[]
  /** Names asked for in handshakes. */
  readonly names: unknown[]
  resumed: number
}

/** Answers each request with its name in the handshake and who the client showed to be. */
async function startSecure(
  t: TestContext,
  { cert, key }: Pick<Issued, 'cert' | 'key'>,
  options: TlsOptions = {},
): Promise<SecureBackend> {
  const requests: string[] = []
  const names: unknown[] = []
  const sockets: TLSSocket[] = []
  const backend = { port: 0, requests, names, resumed: 0 }
  const server = createServer({ cert, key, ...options }, (socket) => {
    sockets.push(socket)
    names.push(socket.servername)
    if (socket.isSessionReused()) backend.resumed++
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      requests.push(bytes.toString('latin1'))
      const who = socket.getPeerX509Certificate()?.subject ?? 'nobody'
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${who.length}\r\n\r\n${who}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  backend.port = (server.address() as AddressInfo).port
  return backend
}

const service = (port: number, more: string, host = 'localhost'): string =>
  `services: { s: { targets: "https://${host}:${port}", timeout: { connect: 2s }${more} } }\nroutes: [{ path: /**, to: s }]`
const ask = (port: number): Promise<string> =>
  exchange(port, 'GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n')
const trust = `, tls: { ca: ${ca.certFile} }`

test('TLS-01: only a valid chain for the right name is believed; of a request to others not a byte leaves', async (t) => {
  const good = await startSecure(t, ca.issue({ names: ['localhost'] }))
  const { port, reload } = await startGateway(t, service(good.port, trust))
  assert.match(await ask(port), / 200 OK/)
  assert.equal(good.requests.length, 1)

  const wrong: readonly (readonly [string, Issued])[] = [
    ['of another name', ca.issue({ names: ['other.test'] })],
    ['that has ended', ca.issue({ names: ['localhost'], days: -1 })],
    ['of another authority', stranger.issue({ names: ['localhost'] })],
  ]
  for (const [about, certificate] of wrong) {
    const bad = await startSecure(t, certificate)
    await reload(service(bad.port, trust))
    assert.match(await ask(port), / 502 [^]*SERVICE_TLS_FAILED/, about)
    assert.deepEqual(bad.requests, [], about)
  }
  await reload(service(good.port, ''))
  assert.match(await ask(port), / 502 [^]*SERVICE_TLS_FAILED/, 'the system does not know it')

  const bad = await startSecure(t, wrong[2]![1])
  await reload(service(bad.port, ', tls: { verify: false }'))
  assert.match(await ask(port), / 200 OK/, 'the one way round')
})

test('TLS-02: the name asked for and expected is the target’s own or serverName, never the client’s Host', async (t) => {
  const backend = await startSecure(t, ca.issue({ names: ['localhost', 'b1.test', '127.0.0.1'] }))
  const { port, reload } = await startGateway(t, service(backend.port, trust))
  assert.match(await ask(port), / 200 OK/)
  assert.match(backend.requests[0]!, /\r\nhost: gw\.test\r\n/)
  await reload(
    service(backend.port, `, host: target, tls: { ca: ${ca.certFile}, serverName: b1.test }`),
  )
  assert.match(await ask(port), / 200 OK/)
  assert.match(backend.requests[1]!, new RegExp(`\r\nhost: localhost:${backend.port}\r\n`))
  await reload(service(backend.port, trust, '127.0.0.1'))
  assert.match(await ask(port), / 200 OK/)
  assert.deepEqual(backend.names, ['localhost', 'b1.test', false])
  await reload(service(backend.port, `, tls: { ca: ${ca.certFile}, serverName: b2.test }`))
  assert.match(await ask(port), / 502 [^]*SERVICE_TLS_FAILED/)
})

test('a service that wants to know who calls is shown a certificate, and a new one after a change of the file', async (t) => {
  const clients = new Authority('Gateways')
  const [one, two] = [clients.issue({ subject: 'one' }), clients.issue({ subject: 'two' })]
  const write = ({ cert, key }: Issued): void => {
    writeFileSync(`${clients.folder}/gw.key`, key)
    writeFileSync(`${clients.folder}/gw.pem`, cert)
  }
  write(one)
  const backend = await startSecure(t, ca.issue({ names: ['localhost'] }), {
    requestCert: true,
    ca: clients.cert,
  })
  const { port, reload } = await startGateway(
    t,
    service(
      backend.port,
      `, tls: { ca: ${ca.certFile}, cert: ${clients.folder}/gw.pem, key: ${clients.folder}/gw.key }`,
    ),
  )
  assert.match(await ask(port), / 200 [^]*CN=one$/)
  write(two)
  await until(async () => (await ask(port)).endsWith('CN=two'), 10_000)
  await reload(service(backend.port, trust))
  assert.match(await ask(port), / 502 /)
})

test('an old version is refused, and a session goes on from connection to connection', async (t) => {
  const certificate = ca.issue({ names: ['localhost'] })
  const backend = await startSecure(t, certificate, { maxVersion: 'TLSv1.2' })
  const many = `${trust}, connections: { idle: 0 }`
  const { port, reload } = await startGateway(t, service(backend.port, many))
  for (let n = 0; n < 4; n++) assert.match(await ask(port), / 200 OK/)
  assert.equal(backend.resumed, 3)
  await reload(service(backend.port, `, tls: { ca: ${ca.certFile}, minVersion: TLSv1.3 }`))
  assert.match(await ask(port), / 502 [^]*SERVICE_TLS_FAILED/)
})

test('health checks go the same way as calls', async (t) => {
  const good = await startSecure(t, ca.issue({ names: ['localhost'] }))
  const bad = await startSecure(t, stranger.issue({ names: ['localhost'] }))
  const { metric } = await startGateway(
    t,
    `services: { s: { targets: ["https://localhost:${good.port}", "https://localhost:${bad.port}"]${trust}, health: { path: /, interval: 20ms, down: 1 } } }\nroutes: [{ path: /**, to: s }]`,
  )
  const up = (port: number): Promise<number> =>
    metric(`portcullis_target_up{service="s",target="https://localhost:${port}"}`)
  await until(async () => (await up(bad.port)) === 0)
  assert.equal(await up(good.port), 1)
  assert.deepEqual(bad.requests, [])
})
