import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Authority } from '../kit/certificates.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'
import { askTls } from '../kit/tls-client.ts'

const ca = new Authority()
const clients = new Authority('Clients')
const own = ca.issue()
const anna = clients.issue({ subject: 'anna', names: ['anna.test'] })
const der = Buffer.from(anna.cert.replace(/-----[^-]+-----|\n/g, ''), 'base64')
const FORGED = `Client-Cert: :${Buffer.from('forged').toString('base64')}:\r\n`

const asking = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${FORGED}Connection: close\r\n\r\n`

test('a route may want a certificate, and its service is told whose it was; what clients say of it is dropped', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /open, to: "${service.url}" }
  - { path: /wanted, to: "${service.url}", clientCertificate: true }
  - { path: /told, to: "${service.url}", clientCertificate: { required: false, forward: true } }
`,
    {
      listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: { cert: ${own.certFile}, key: ${own.keyFile} }, clientCertificates: { ca: ${clients.certFile}, mode: optional } } } }`,
    },
  )
  const stranger = { ca: ca.cert }
  const known = { ...stranger, cert: anna.cert, key: anna.key }
  const status = async (options: object, path: string): Promise<string> =>
    (await askTls(port, options, asking(path))).reply.slice(9, 12)
  const told = (): string[] => valuesOf(service.request(), 'client-cert')

  assert.equal(await status(stranger, '/open'), '200')
  assert.deepEqual(told(), [])
  assert.equal(await status(stranger, '/wanted'), '403')
  assert.equal(await status(known, '/wanted'), '200')
  assert.deepEqual(told(), [], 'it is passed on only where that is wanted')
  assert.equal(await status(known, '/told'), '200')
  assert.deepEqual(told(), [`:${der.toString('base64')}:`])
  assert.equal(await status(stranger, '/told'), '200')
  assert.deepEqual(told(), [])
})

test('a trusted proxy tells of the certificate that it saw; nobody else does', async (t) => {
  const { port } = await startGateway(
    t,
    'routes: [{ path: /**, respond: in, clientCertificate: true }]',
    { listen: 'listeners: { main: { port: 0, host: 127.0.0.1, trustedProxies: 127.0.0.1 } }' },
  )
  const ask = (value: string): Promise<string> =>
    exchange(port, `GET / HTTP/1.1\r\nHost: gw.test\r\n${value}\r\n`)
  assert.match(await ask(`Client-Cert: :${der.toString('base64')}:\r\n`), / 200 /)
  assert.match(await ask(FORGED), / 403 /)
  assert.match(await ask(''), / 403 /)
  const twice = `Client-Cert: :${der.toString('base64')}:\r\n`
  assert.match(await ask(twice + twice), / 403 /)
  const other = await startGateway(
    t,
    'routes: [{ path: /**, respond: in, clientCertificate: true }]',
  )
  const untrusted = `GET / HTTP/1.1\r\nHost: gw.test\r\n${twice}\r\n`
  assert.match(await exchange(other.port, untrusted), / 403 /)
})

test('callers are known by the certificate that they showed', async (t) => {
  const service = await startRecorder(t)
  const bob = clients.issue({ subject: 'bob' })
  const { port, accessLog } = await startGateway(
    t,
    `authenticators: { certs: { clientCertificate: {} }, hosts: { clientCertificate: { consumer: dns } }, uris: { clientCertificate: { consumer: uri } } }
consumers: [{ name: anna, groups: [partners] }]
routes:
  - { path: /a, to: "${service.url}", auth: certs, identity: { headers: { x-who: consumer.name, x-of: claims.subject } } }
  - { path: /b, to: "${service.url}", auth: certs, authorize: { groups: partners } }
  - { path: /d, to: "${service.url}", auth: uris }
  - { path: /c, to: "${service.url}", auth: hosts, identity: { headers: { x-who: consumer.name } } }
`,
    {
      listen: `listeners: { main: { port: 0, host: 127.0.0.1, tls: { certificates: { cert: ${own.certFile}, key: ${own.keyFile} }, clientCertificates: { ca: ${clients.certFile}, mode: optional } } } }`,
    },
  )
  const known = { ca: ca.cert, cert: anna.cert, key: anna.key }
  const other = { ca: ca.cert, cert: bob.cert, key: bob.key }
  const status = async (options: object, path: string): Promise<string> =>
    (await askTls(port, options, asking(path))).reply.slice(9, 12)
  const who = (): string[] => valuesOf(service.request(), 'x-who')
  assert.equal(await status({ ca: ca.cert }, '/a'), '401')
  assert.equal(await status(known, '/a'), '200')
  assert.deepEqual(who(), ['anna'])
  assert.deepEqual(valuesOf(service.request(), 'x-of'), ['CN=anna'])
  assert.equal(await status(other, '/a'), '200')
  assert.deepEqual(who(), ['bob'])
  assert.equal(await status(known, '/b'), '200')
  assert.equal(await status(other, '/b'), '403')
  assert.equal(await status(known, '/c'), '200')
  assert.deepEqual(who(), ['anna.test'])
  assert.equal(
    await status(known, '/d'),
    '401',
    'a certificate without a name of that kind is nobody’s',
  )
  const log = await accessLog(7)
  assert.match(String(log[1]!['credential']), /^[0-9a-f]{16}$/)
})
