import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')

async function scene(t: TestContext, workers = 1) {
  const folder = await temporaryFolder(t, {})
  const keys = join(folder, 'keys.json')
  const key = publicKey.export({ format: 'jwk' })
  writeFileSync(keys, JSON.stringify([{ kid: 'k', alg: 'ed25519', key, consumer: 'acme' }]))
  const backend = await startBackend(t)
  const gateway = await startGateway(
    t,
    `authenticators:\n  signed: { signature: { keys: "${keys}" } }\n` +
      `routes:\n  - { path: /**, to: "${backend.url}", auth: signed }\n`,
    { workers },
  )
  return { backend, ...gateway }
}

/** A POST of `body` to /a?b=1, signed as its sender sees it. */
function request(
  body: string,
  more: { nonce?: string; query?: string; sent?: string } = {},
): string {
  const { query = '?b=1', sent = body } = more
  const digest = `sha-256=:${createHash('sha256').update(body, 'latin1').digest('base64')}:`
  const values = {
    '@method': 'POST',
    '@authority': 'gw.test',
    '@path': '/a',
    '@query': '?b=1',
    'content-digest': digest,
  }
  const names = Object.keys(values).map((name) => `"${name}"`)
  const nonce = more.nonce === undefined ? '' : `;nonce="${more.nonce}"`
  const input = `(${names.join(' ')});created=${Math.floor(Date.now() / 1_000)};keyid="k"${nonce}`
  const lines = Object.entries(values).map(([name, value]) => `"${name}": ${value}`)
  const base = [...lines, `"@signature-params": ${input}`].join('\n')
  const signature = sign(null, Buffer.from(base), privateKey).toString('base64')
  return (
    `POST /a${query} HTTP/1.1\r\nHost: gw.test\r\nContent-Digest: ${digest}\r\nSignature-Input: s=${input}\r\n` +
    `Signature: s=:${signature}:\r\nContent-Length: ${sent.length}\r\n\r\n${sent}`
  )
}

test('a signed request is let through with its body, and its signer is the consumer', async (t) => {
  const { backend, port, accessLog } = await scene(t)
  assert.match(await exchange(port, request('a\0b\xff')), /^HTTP\/1\.1 200 /)
  assert.ok(backend.received().endsWith('\r\n\r\na\0b\xff'))
  const [line] = await accessLog(1)
  assert.deepEqual([line!['consumer'], line!['credential']], ['acme', 'k'])
})

test('one that was changed on its way is refused: its query, its body, its path', async (t) => {
  const { backend, port } = await scene(t)
  const whole = request('hello')
  for (const changed of [
    request('hello', { query: '?b=2' }),
    request('hello', { query: '' }),
    request('hello', { sent: 'hellO' }),
    whole.replace('POST /a', 'POST /b'),
    whole.replace('POST', 'PUT'),
    whole.replace('Host: gw.test', 'Host: gw2.test'),
    whole.replace(/Signature: .*\r\n/, ''),
    whole.replace(/Signature(-Input)?: .*\r\n/g, ''),
  ]) {
    const reply = await exchange(port, changed)
    assert.match(reply, /^HTTP\/1\.1 401 [^]*\r\nwww-authenticate: Signature realm="signed"\r\n/i)
  }
  assert.equal(backend.received(), '')
})

test('a path is signed as it reads in its normal form', async (t) => {
  const { port } = await scene(t)
  const reply = await exchange(port, request('x').replace('POST /a', 'POST /%61'))
  assert.match(reply, /^HTTP\/1\.1 200 /)
})

test('a nonce is good once, whatever worker it comes to', async (t) => {
  const { port } = await scene(t, 2)
  const signed = request('x', { nonce: 'only once' })
  const replies = await Promise.all(Array.from({ length: 12 }, () => exchange(port, signed)))
  assert.equal(replies.filter((reply) => reply.startsWith('HTTP/1.1 200 ')).length, 1)
})
