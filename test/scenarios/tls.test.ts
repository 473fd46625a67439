import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { ConnectionOptions } from 'node:tls'
import { Authority, type Issued } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'
import { until } from '../kit/until.ts'
import { askTls, connectTls, isResumed, outcomeOf, sessionOf } from '../kit/tls-client.ts'

const ca = new Authority()
const trusting = { ca: ca.cert }

const certificate = ({ certFile, keyFile }: Issued): string =>
  `{ cert: ${certFile}, key: ${keyFile} }`
const listener = (tls: string): string =>
  `listeners: { main: { port: 0, host: 127.0.0.1, ${tls} } }`

const HELLO = 'routes: [{ path: /**, respond: hello }]'

const start = (t: TestContext, tls: string, workers = 1) =>
  startGateway(t, HELLO, { listen: listener(tls), workers })

test('TLS ends here: requests are https, and the service is told', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen: listener(`tls: { certificates: ${certificate(ca.issue())} }`),
  })
  const { reply } = await askTls(port, trusting)
  assert.match(reply, /^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nok$/)
  assert.deepEqual(valuesOf(service.request(), 'x-forwarded-proto'), ['https'])
  assert.match(service.request(), /\r\nforwarded: [^\r]*proto=https/)
})

test('TLS-04: the certificate is the one that has the name: exact, one-label wildcard, the first', async (t) => {
  const all = [['first.test'], ['x.test', '*.x.test'], ['s.x.test', '*.s.x.test'], ['127.0.0.1']]
  const list = all.map((names) => certificate(ca.issue({ names }))).join(', ')
  const { port } = await start(t, `tls: { certificates: [${list}] }`)
  const shown = async (servername: string): Promise<string> =>
    (await askTls(port, { ...trusting, servername, checkServerIdentity: () => undefined })).names
  const first = 'DNS:first.test'
  for (const [name, names] of [
    ['x.test', 'DNS:x.test, DNS:*.x.test'],
    ['X.TEST', 'DNS:x.test, DNS:*.x.test'],
    ['a.x.test', 'DNS:x.test, DNS:*.x.test'],
    ['s.x.test', 'DNS:s.x.test, DNS:*.s.x.test'],
    ['a.s.x.test', 'DNS:s.x.test, DNS:*.s.x.test'],
    ['a.b.s.x.test', first],
    ['unknown.test', first],
    ['', first],
    [`${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.test`, first],
  ] as const)
    assert.equal(await shown(name), names, name)
})

test('one name may have a certificate of each kind: the client gets what it can take', async (t) => {
  const list = [ca.issue({ algorithm: 'rsa' }), ca.issue()].map(certificate).join(', ')
  const { port } = await start(t, `tls: { certificates: [${list}] }`)
  const kinds: string[] = []
  for (const ciphers of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256']) {
    const socket = await connectTls(port, { ...trusting, maxVersion: 'TLSv1.2', ciphers })
    kinds.push(String(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType))
    socket.destroy()
  }
  assert.deepEqual(kinds, ['ec', 'rsa'])
})

const strict = (more: string): string =>
  `limits: { headerTimeout: 300ms }, tls: { certificates: ${certificate(ca.issue())}${more} }`

const at = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): ConnectionOptions => ({
  maxVersion,
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT:@SECLEVEL=0',
  ...trusting,
})

test('TLS-06: old versions are refused, modern refuses 1.2, plain text and silence are closed', async (t) => {
  const intermediate = await start(t, strict(''))
  const modern = await start(t, strict(', profile: modern'))
  assert.equal(
    await outcomeOf(intermediate.port, at('TLSv1.1')),
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  )
  assert.match(await outcomeOf(intermediate.port, at('TLSv1.2')), / 200 OK/)
  assert.match(await outcomeOf(modern.port, at('TLSv1.3')), / 200 OK/)
  assert.equal(await outcomeOf(modern.port, at('TLSv1.2')), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')

  const raw = async (bytes: string): Promise<string> => {
    const socket = connectTcp(intermediate.port, '127.0.0.1')
    let got = ''
    socket.on('data', (piece: Buffer) => (got += piece.toString('latin1')))
    socket.on('error', () => {})
    socket.write(bytes)
    await once(socket, 'close')
    return got
  }
  assert.doesNotMatch(await raw('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n'), /HTTP/)
  const silent = await Promise.all(Array.from({ length: 50 }, () => raw('')))
  assert.ok(silent.every((got) => got === ''))
  assert.match(await outcomeOf(intermediate.port, trusting), / 200 OK/)
  assert.ok((await intermediate.metric('portcullis_handshakes_failed_total')) >= 52)
})

test('TLS-06: a client that asks for another handshake is refused', async (t) => {
  const { port } = await start(t, `tls: { certificates: ${certificate(ca.issue())} }`)
  const client = spawn('openssl', ['s_client', '-tls1_2', '-connect', `127.0.0.1:${port}`])
  let said = ''
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (piece: Buffer) => (said += piece.toString('latin1')))
  await until(() => said.includes('Verify return code'))
  client.stdin.write('R\n')
  await once(client, 'exit')
  assert.match(said, /RENEGOTIATING[^]*no renegotiation/)
  assert.match(await outcomeOf(port, trusting), / 200 OK/)
})

test('a request for a host whose certificate the client did not see is misdirected', async (t) => {
  const list = [['a.test'], ['b.test', 'c.test']]
    .map((names) => certificate(ca.issue({ names })))
    .join(', ')
  const { port } = await start(t, `tls: { certificates: [${list}] }`)
  const ask = async (servername: string, host: string): Promise<string> => {
    const options = { ...trusting, servername, checkServerIdentity: () => undefined }
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    return (await askTls(port, options, request)).reply.slice(9, 12)
  }
  assert.equal(await ask('b.test', 'b.test'), '200')
  assert.equal(await ask('b.test', 'c.test:8443'), '200')
  assert.equal(await ask('b.test', 'a.test'), '421')
  assert.equal(await ask('b.test', 'unknown.test'), '421')
  assert.equal(await ask('unknown.test', 'a.test'), '200')
  assert.equal(await ask('', 'b.test'), '200')
})

test('a session goes on at every worker, and at no other listener', async (t) => {
  const tls = `tls: { certificates: ${certificate(ca.issue())} }`
  const listen = `listeners: { a: { port: 0, host: 127.0.0.1, ${tls} }, b: { port: 0, host: 127.0.0.1, ${tls} } }`
  const { gateway } = await startGateway(t, HELLO, {
    listen,
    workers: 2,
  })
  const { a, b } = gateway.ports as { a: number; b: number }
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const session = await sessionOf(a, { ...trusting, maxVersion })
    for (let n = 0; n < 8; n++)
      assert.equal(
        await isResumed(a, { ...trusting, maxVersion, session }),
        true,
        `${maxVersion} ${n}`,
      )
    assert.equal(await isResumed(b, { ...trusting, maxVersion, session }), false, maxVersion)
  }
})
