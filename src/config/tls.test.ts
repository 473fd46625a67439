import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Authority, type Issued } from '../../test/kit/certificates.ts'
import { FAKE_KNOWN } from '../../test/kit/fake-known.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { formatComplaint } from './complaint.ts'
import { loadConfig, type LoadOptions } from './load.ts'

const ca = new Authority()
const good = ca.issue({ names: ['a.test', '*.a.test'] })

/** What is said of a listener with this `tls`, in a folder that has files of these names. */
async function said(
  t: TestContext,
  tls: string,
  files: Readonly<Record<string, string>> = {},
  options: LoadOptions = {},
): Promise<string[]> {
  const folder = await temporaryFolder(t, {
    'p.yaml': `listeners: { main: { port: 8443, tls: ${tls} } }\nroutes: [{ path: /a, respond: {} }]`,
    'good.pem': good.cert,
    'good.key': good.key,
    ...files,
  })
  const loaded = await loadConfig(join(folder, 'p.yaml'), FAKE_KNOWN, options)
  if (loaded.ok) return []
  return loaded.complaints.map((complaint) =>
    formatComplaint(complaint).replaceAll(`${folder}/`, '').replace('listeners.main.tls.', ''),
  )
}

const pair = (one: Issued) => ({ 'x.pem': one.cert, 'x.key': one.key })
const X = '{ certificates: { cert: x.pem, key: x.key } }'

test('a certificate and its key are read from the folder of the file, or stand in it', async (t) => {
  assert.deepEqual(await said(t, '{ certificates: { cert: good.pem, key: good.key } }'), [])
  const environment = { CERT: good.cert, KEY: good.key }
  const inline = '{ certificates: [{ cert: "${env:CERT}", key: "${env:KEY}" }] }'
  assert.deepEqual(await said(t, inline, {}, { environment }), [])
})

test('what does not fit together is told with its file and the reason', async (t) => {
  assert.deepEqual(await said(t, X), [
    'p.yaml:1:63 certificates.cert: the file "x.pem" cannot be read (ENOENT)',
    'p.yaml:1:75 certificates.key: the file "x.key" cannot be read (ENOENT)',
  ])
  assert.deepEqual(await said(t, X, { 'x.pem': good.cert, 'x.key': ca.issue().key }), [
    'p.yaml:1:75 certificates.key: in x.key found a key that is not the one of the certificate for a.test, *.a.test',
  ])
  assert.deepEqual(await said(t, X, { 'x.pem': good.key, 'x.key': good.cert }), [
    'p.yaml:1:63 certificates.cert: in x.pem found no certificate, expected PEM text that begins "-----BEGIN CERTIFICATE-----"',
  ])
  const [broken] = await said(t, X, { 'x.pem': good.cert, 'x.key': good.cert })
  assert.match(
    broken!,
    /1:75 certificates\.key: in x\.key found no private key that can be read \(/,
  )
  const cut = good.cert.replace(/\n[^\n]+\n[^\n]+\n-----END/, '\n-----END')
  const [unreadable] = await said(t, X, { 'x.pem': cut, 'x.key': good.key })
  assert.match(
    unreadable!,
    /1:63 certificates\.cert: in x\.pem found a certificate that cannot be read \(/,
  )
})

test('a certificate that has ended, has not begun, or has no name is refused', async (t) => {
  const [ended] = await said(t, X, pair(ca.issue({ days: -2 })))
  assert.match(ended!, /in x\.pem found a certificate that ended \d{4}-\d\d-\d\d: CN=gw\.test$/)
  const [nameless] = await said(t, X, pair(ca.issue({ names: [] })))
  assert.match(
    nameless!,
    /in x\.pem found a certificate without a name in it \(subjectAltName\), which no client accepts: CN=nobody$/,
  )
})

test('a chain is in order: each behind the one that it issued', async (t) => {
  const whole = { 'x.pem': good.cert + ca.cert, 'x.key': good.key }
  assert.deepEqual(await said(t, X, whole), [])
  const stranger = new Authority('A Stranger')
  const wrong = { 'x.pem': good.cert + stranger.cert, 'x.key': good.key }
  assert.deepEqual(await said(t, X, wrong), [
    'p.yaml:1:63 certificates.cert: in x.pem found CN=A Stranger behind CN=a.test, expected the one that issued it: CN=Test Authority',
  ])
})

const clients = (more: string): string =>
  `{ certificates: { cert: good.pem, key: good.key }, clientCertificates: { ${more} } }`

test('authorities and lists of the revoked are what they should be', async (t) => {
  const crl = ca.revoke()
  const files = { 'ca.pem': ca.cert, 'ca.crl': crl }
  assert.deepEqual(await said(t, clients('ca: [ca.pem], crl: ca.crl'), files), [])
  assert.deepEqual(await said(t, clients('ca: [ca.pem, ca.crl], crl: ca.pem'), files), [
    'p.yaml:1:125 clientCertificates.ca[1]: in ca.crl found no certificate, expected PEM text that begins "-----BEGIN CERTIFICATE-----"',
    'p.yaml:1:139 clientCertificates.crl: in ca.pem found no list of revoked certificates, expected PEM text that begins "-----BEGIN X509 CRL-----"',
  ])
  assert.deepEqual(await said(t, clients('mode: optional')), [
    'p.yaml:1:110 clientCertificates.ca: found nothing, expected a list, or a text',
  ])
})

test('without secrets, files that are not there are nothing to complain of', async (t) => {
  assert.deepEqual(await said(t, X, {}, { secrets: 'skip' }), [])
})

test('no key is ever shown', async (t) => {
  const environment = {
    CERT: good.cert,
    KEY: `${good.key.slice(0, 60)}\n-----END PRIVATE KEY-----`,
  }
  const inline = '{ certificates: [{ cert: "${env:CERT}", key: "${env:KEY}" }] }'
  const words = (await said(t, inline, {}, { environment })).join('\n')
  assert.match(words, /found no private key that can be read/)
  for (const line of good.key.split('\n').slice(1, 3)) assert.ok(!words.includes(line.slice(0, 20)))
})

test('a key as it is has no place in the file', async (t) => {
  const inline = `{ certificates: [{ cert: good.pem, key: ${JSON.stringify(good.key)} }] }`
  const [complaint, ...others] = await said(t, inline)
  assert.match(
    complaint!,
    /certificates\[0\]\.key: found a secret in the file, expected \$\{env:NAME\}/,
  )
  assert.deepEqual(others, [])
})

test('redirectTo names another listener', async (t) => {
  const folder = await temporaryFolder(t, {
    'p.yaml':
      'listeners: { a: { port: 1, redirectTo: b }, b: { port: 2, redirectTo: b }, c: { port: 3, redirectTo: zzz } }\nroutes: [{ path: /a, respond: {} }]',
  })
  const loaded = await loadConfig(join(folder, 'p.yaml'), FAKE_KNOWN)
  assert.ok(!loaded.ok)
  assert.deepEqual(
    loaded.complaints.map(({ path, message }) => `${path}: ${message}`),
    [
      'listeners.b.redirectTo: found the listener itself, expected another one',
      'listeners.c.redirectTo: found no listener "zzz"; there are a, b, c',
    ],
  )
})

test('HTTP/2 by prior knowledge is not for TLS', async (t) => {
  const found = await said(t, `${X}, protocols: [h2c]`, pair(good))
  assert.match(
    found.join(),
    /protocols\[0\]: found "h2c", which is HTTP\/2 without TLS, on a listener with TLS, expected "h2"$/,
  )
})
