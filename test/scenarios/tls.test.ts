import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { test, type TestContext } from 'node:test'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { writeFileSync } from 'node:fs'
import { Authority, type Issued } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { until } from '../kit/until.ts'

const ca = new Authority()
const other = new Authority('Another Authority')

const certificate = ({ certFile, keyFile }: Issued): string =>
  `{ cert: ${certFile}, key: ${keyFile} }`
const listener = (tls: string): string =>
  `listeners: { main: { port: 0, host: 127.0.0.1, ${tls} } }`

interface Seen {
  readonly names: string
  readonly reply: string
  readonly socket: TLSSocket
}

async function connected(port: number, options: ConnectionOptions): Promise<{ socket: TLSSocket }> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: ca.cert,
    servername: 'gw.test',
    ...options,
  })
  await once(socket, 'secureConnect')
  return { socket }
}

/** One request over TLS, by a client that trusts the test's authority alone. */
async function ask(
  port: number,
  options: ConnectionOptions = {},
  request = 'GET / HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n\r\n',
): Promise<Seen> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: ca.cert,
    servername: 'gw.test',
    ...options,
  })
  let reply = ''
  socket.on('data', (bytes: Buffer) => (reply += bytes.toString('latin1')))
  await once(socket, 'secureConnect')
  const names = socket.getPeerX509Certificate()?.subjectAltName ?? ''
  socket.write(request)
  await once(socket, 'close')
  return { names, reply, socket }
}

const failure = async (port: number, options: ConnectionOptions): Promise<string> => {
  try {
    const { reply } = await ask(port, options)
    return reply === '' ? 'closed' : reply
  } catch (thrown) {
    return String((thrown as { code?: unknown }).code)
  }
}

const start = (t: TestContext, tls: string, workers = 1) =>
  startGateway(t, 'routes: [{ path: /**, respond: hello }]', { listen: listener(tls), workers })

test('TLS ends here: requests are https, and the service is told', async (t) => {
  const { port } = await start(t, `tls: { certificates: ${certificate(ca.issue())} }`)
  const { reply } = await ask(port)
  assert.match(reply, /^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nhello$/)
})

test('TLS-04: the certificate is the one that has the name: exact, one-label wildcard, the first', async (t) => {
  const all = [['first.test'], ['x.test', '*.x.test'], ['s.x.test', '*.s.x.test'], ['127.0.0.1']]
  const list = all.map((names) => certificate(ca.issue({ names }))).join(', ')
  const { port } = await start(t, `tls: { certificates: [${list}] }`)
  const shown = async (servername: string): Promise<string> =>
    (await ask(port, { servername, checkServerIdentity: () => undefined })).names
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
    const { socket } = await connected(port, { maxVersion: 'TLSv1.2', ciphers })
    kinds.push(String(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType))
    socket.destroy()
  }
  assert.deepEqual(kinds, ['ec', 'rsa'])
})

test('TLS-06: old versions are refused, modern refuses 1.2, plain text and silence are closed', async (t) => {
  const tls = (more: string): string =>
    `limits: { headerTimeout: 300ms }, tls: { certificates: ${certificate(ca.issue())}${more} }`
  const intermediate = await start(t, tls(''))
  const modern = await start(t, tls(', profile: modern'))
  const at = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): ConnectionOptions => ({
    maxVersion,
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
  })
  assert.equal(
    await failure(intermediate.port, at('TLSv1.1')),
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  )
  assert.match(await failure(intermediate.port, at('TLSv1.2')), / 200 OK/)
  assert.match(await failure(modern.port, at('TLSv1.3')), / 200 OK/)
  assert.equal(await failure(modern.port, at('TLSv1.2')), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')

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
  assert.match(await failure(intermediate.port, {}), / 200 OK/)
  assert.ok((await intermediate.metric('portcullis_handshakes_failed_total')) >= 52)
})

test('a session goes on at every worker, and at no other listener', async (t) => {
  const tls = `tls: { certificates: ${certificate(ca.issue())} }`
  const listen = `listeners: { a: { port: 0, host: 127.0.0.1, ${tls} }, b: { port: 0, host: 127.0.0.1, ${tls} } }`
  const { gateway } = await startGateway(t, 'routes: [{ path: /**, respond: hello }]', {
    listen,
    workers: 2,
  })
  const { a, b } = gateway.ports as { a: number; b: number }
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const session = await sessionOf(a, { maxVersion })
    for (let n = 0; n < 8; n++)
      assert.equal(await isResumed(a, { maxVersion, session }), true, `${maxVersion} ${n}`)
    assert.equal(await isResumed(b, { maxVersion, session }), false, maxVersion)
  }
})

async function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: ca.cert,
    servername: 'gw.test',
    ...options,
  })
  let session: Buffer | undefined
  socket.on('session', (given: Buffer) => (session = given))
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'secureConnect')
  socket.write('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  await until(() => session !== undefined)
  socket.destroy()
  return session!
}

async function isResumed(port: number, options: ConnectionOptions): Promise<boolean> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: ca.cert,
    servername: 'gw.test',
    ...options,
  })
  await once(socket, 'secureConnect')
  const resumed = socket.isSessionReused()
  socket.destroy()
  return resumed
}

test('clients show certificates: none, a wrong one, a right one, a revoked one', async (t) => {
  const own = certificate(ca.issue())
  const [anna, bert] = [other.issue({ subject: 'anna' }), other.issue({ subject: 'bert' })]
  writeFileSync(`${other.folder}/crl.pem`, other.revoke(bert))
  const clients = (mode: string): string =>
    `tls: { certificates: ${own}, clientCertificates: { ca: ${other.certFile}, crl: ${other.folder}/crl.pem, mode: ${mode} } }`
  const required = await start(t, clients('required'))
  const optional = await start(t, clients('optional'))
  const wrong = ca.issue({ subject: 'mallory' })
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const as = ({ cert, key }: Issued): ConnectionOptions => ({ maxVersion, cert, key })
    for (const { port } of [required, optional]) {
      assert.match(await failure(port, as(anna)), / 200 OK/)
      assert.doesNotMatch(await failure(port, as(bert)), /HTTP/)
      assert.doesNotMatch(await failure(port, as(wrong)), /HTTP/)
    }
    assert.doesNotMatch(await failure(required.port, { maxVersion }), /HTTP/)
    assert.match(await failure(optional.port, { maxVersion }), / 200 OK/)
  }
})

test('a session from before a revocation is worth nothing: a whole handshake, then refused', async (t) => {
  const own = certificate(ca.issue())
  const authority = new Authority('Clients')
  const anna = authority.issue({ subject: 'anna' })
  const crl = `${authority.folder}/crl.pem`
  writeFileSync(crl, authority.revoke())
  const yaml = (note: string): string => `# ${note}\nroutes: [{ path: /**, respond: hello }]`
  const listen = listener(
    `tls: { certificates: ${own}, clientCertificates: { ca: ${authority.certFile}, crl: ${crl} } }`,
  )
  const { port } = await startGateway(t, yaml('one'), { listen })
  const client = { cert: anna.cert, key: anna.key }
  const session = await sessionOf(port, client)
  assert.equal(await isResumed(port, { ...client, session }), true)
  writeFileSync(crl, authority.revoke(anna))
  await until(async () => !/HTTP/.test(await failure(port, client)), 10_000)
  assert.doesNotMatch(await failure(port, { ...client, session }), /HTTP/)
})

test('certificates change without a connection lost; a wrong one changes nothing and is complained of', async (t) => {
  const folder = ca.folder
  const [first, second] = [ca.issue(), ca.issue()]
  const write = ({ cert, key }: { cert: string; key: string }): void => {
    writeFileSync(`${folder}/live.key`, key)
    writeFileSync(`${folder}/live.pem`, cert)
  }
  write(first)
  const { gateway, port } = await start(
    t,
    `tls: { certificates: { cert: ${folder}/live.pem, key: ${folder}/live.key } }`,
    2,
  )
  const news: string[] = []
  gateway.onReload = (outcome) =>
    news.push(
      outcome.kind === 'refused'
        ? JSON.stringify((outcome.reason as { complaints?: unknown }).complaints)
        : outcome.kind,
    )
  const serial = async (): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', ca: ca.cert, servername: 'gw.test' })
    await once(socket, 'secureConnect')
    const { serialNumber } = socket.getPeerX509Certificate()!
    socket.destroy()
    return serialNumber
  }
  const kept = connect({ port, host: '127.0.0.1', ca: ca.cert, servername: 'gw.test' })
  let replies = ''
  kept.on('data', (bytes: Buffer) => (replies += bytes.toString('latin1')))
  await once(kept, 'secureConnect')
  const before = await serial()
  write(second)
  await until(async () => (await serial()) !== before, 10_000)
  writeFileSync(`${folder}/live.key`, first.key)
  await until(() => news.some((text) => text.includes('is not the one of the certificate')), 10_000)
  const now = await serial()
  assert.notEqual(now, before)
  kept.write('GET / HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n\r\n')
  await once(kept, 'close')
  assert.match(replies, / 200 OK/)
})

test('redirectTo sends everything on to the other listener, as it came', async (t) => {
  const listen = `listeners:
  secure: { port: 0, host: 127.0.0.1, publicPort: 443, tls: { certificates: ${certificate(ca.issue())} } }
  plain: { port: 0, host: 127.0.0.1, redirectTo: secure }`
  const { gateway } = await startGateway(t, 'routes: [{ path: /**, respond: hello }]', { listen })
  const reply = await fetch(`http://127.0.0.1:${gateway.ports.plain}/a%2Fb/../c?x=%20y`, {
    method: 'POST',
    body: 'x',
    redirect: 'manual',
  })
  assert.equal(reply.status, 308)
  assert.equal(reply.headers.get('location'), 'https://127.0.0.1/c?x=%20y')
})
