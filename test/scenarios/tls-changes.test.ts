import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import type { ConnectionOptions } from 'node:tls'
import { Authority, type Issued } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { connectTls, isResumed, outcomeOf, sessionOf } from '../kit/tls-client.ts'
import { until } from '../kit/until.ts'

const ca = new Authority()
const other = new Authority('Another Authority')
const trusting = { ca: ca.cert }
const HELLO = 'routes: [{ path: /**, respond: hello }]'

const certificate = ({ certFile, keyFile }: Issued): string =>
  `{ cert: ${certFile}, key: ${keyFile} }`
const listener = (tls: string): string =>
  `listeners: { main: { port: 0, host: 127.0.0.1, ${tls} } }`
const start = (t: TestContext, tls: string, workers = 1) =>
  startGateway(t, HELLO, { listen: listener(tls), workers })

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
    const as = ({ cert, key }: Issued): ConnectionOptions => ({
      ...trusting,
      maxVersion,
      cert,
      key,
    })
    for (const { port } of [required, optional]) {
      assert.match(await outcomeOf(port, as(anna)), / 200 OK/)
      assert.doesNotMatch(await outcomeOf(port, as(bert)), /HTTP/)
      assert.doesNotMatch(await outcomeOf(port, as(wrong)), /HTTP/)
    }
    assert.doesNotMatch(await outcomeOf(required.port, { ...trusting, maxVersion }), /HTTP/)
    assert.match(await outcomeOf(optional.port, { ...trusting, maxVersion }), / 200 OK/)
  }
})

test('a session from before a revocation is worth nothing: a whole handshake, then refused', async (t) => {
  const own = certificate(ca.issue())
  const authority = new Authority('Clients')
  const anna = authority.issue({ subject: 'anna' })
  const crl = `${authority.folder}/crl.pem`
  writeFileSync(crl, authority.revoke())
  const listen = listener(
    `tls: { certificates: ${own}, clientCertificates: { ca: ${authority.certFile}, crl: ${crl} } }`,
  )
  const { port } = await startGateway(t, HELLO, { listen })
  const client = { ...trusting, cert: anna.cert, key: anna.key }
  const session = await sessionOf(port, client)
  assert.equal(await isResumed(port, { ...client, session }), true)
  writeFileSync(crl, authority.revoke(anna))
  await until(async () => !/HTTP/.test(await outcomeOf(port, client)), 10_000)
  assert.doesNotMatch(await outcomeOf(port, { ...client, session }), /HTTP/)
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
    const socket = await connectTls(port, trusting)
    const { serialNumber } = socket.getPeerX509Certificate()!
    socket.destroy()
    return serialNumber
  }
  const kept = await connectTls(port, trusting)
  let replies = ''
  kept.on('data', (bytes: Buffer) => (replies += bytes.toString('latin1')))
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
  const { gateway } = await startGateway(t, HELLO, { listen })
  const reply = await fetch(`http://127.0.0.1:${gateway.ports.plain}/a%2Fb/../c?x=%20y`, {
    method: 'POST',
    body: 'x',
    redirect: 'manual',
  })
  assert.equal(reply.status, 308)
  assert.equal(reply.headers.get('location'), 'https://127.0.0.1/c?x=%20y')
})

test('under load certificates are swapped again and again, and no request is lost', async (t) => {
  const folder = ca.folder
  const pairs = Array.from({ length: 6 }, () => ca.issue())
  const write = ({ cert, key }: Issued): void => {
    writeFileSync(`${folder}/busy.key`, key)
    writeFileSync(`${folder}/busy.pem`, cert)
  }
  write(pairs[0]!)
  const tls = `tls: { certificates: { cert: ${folder}/busy.pem, key: ${folder}/busy.key } }`
  const { gateway, port } = await start(t, tls, 2)
  let changes = 0
  gateway.onReload = ({ kind }) => (changes += Number(kind === 'changed'))
  const over = new AbortController()
  let answered = 0
  const failures: string[] = []
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const outcome = await outcomeOf(port, trusting)
      if (/^HTTP\/1.1 200 /.test(outcome)) answered++
      else failures.push(outcome)
    }
  }
  const kept = await connectTls(port, trusting)
  let replies = 0
  kept.on('data', (bytes: Buffer) => {
    replies += bytes.toString('latin1').split('HTTP/1.1 200 ').length - 1
    if (!over.signal.aborted) kept.write('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  })
  kept.on('error', (error) => failures.push(String(error)))
  kept.write('GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')
  const clients = [client(), client(), client()]
  for (const [n, pair] of pairs.slice(1).entries()) {
    const [answeredBefore, repliesBefore] = [answered, replies]
    write(pair)
    await until(() => changes > n, 10_000)
    await until(() => answered > answeredBefore + 10 && replies > repliesBefore + 10, 10_000)
  }
  over.abort()
  await Promise.all(clients)
  kept.destroy()
  assert.deepEqual(failures, [])
})
