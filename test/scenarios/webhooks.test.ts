import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { askH2, connectH2 } from '../kit/h2-client.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'

const SECRET = 'a secret of sixteen characters and more'
const BODY = '{"a": "\xff\0\r\n\r\n"}'

async function receiver(t: TestContext, workers = 1, protocols = '[http1]') {
  process.env['WEBHOOK_TEST_SECRET'] = SECRET
  const backend = await startBackend(t)
  const { port, accessLog } = await startGateway(
    t,
    `authenticators:\n  github: { webhook: { scheme: github, secret: "\${env:WEBHOOK_TEST_SECRET}" } }\n` +
      `  stripe: { webhook: { scheme: stripe, secret: "\${env:WEBHOOK_TEST_SECRET}" } }\n` +
      `routes:\n  - { path: /github, to: "${backend.url}", auth: github, limits: { buffer: 1KB } }\n` +
      `  - { path: /stripe, to: "${backend.url}", auth: stripe }\n`,
    {
      workers,
      listen: `listeners: { main: { host: 127.0.0.1, port: 0, protocols: ${protocols} } }`,
    },
  )
  return { backend, port, accessLog }
}

const hmac = (text: string): string =>
  createHmac('sha256', SECRET).update(Buffer.from(text, 'latin1')).digest('hex')
const head = (path: string, fields: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n\r\n`
const github = (signature: string): string => `X-Hub-Signature-256: sha256=${signature}\r\n`

test('what the sender signed goes on byte for byte, whatever pieces it came in', async (t) => {
  const { backend, port, accessLog } = await receiver(t)
  const whole = head('/github', `${github(hmac(BODY))}Content-Length: ${BODY.length}`) + BODY
  assert.match(await exchange(port, whole), /^HTTP\/1\.1 200 /)
  const chunks = Array.from(BODY, (char) => `1\r\n${char}\r\n`).join('')
  const pieces = `${head('/github', `${github(hmac(BODY))}Transfer-Encoding: chunked`)}${chunks}0\r\n\r\n`
  assert.match(await exchange(port, pieces), /^HTTP\/1\.1 200 /)
  assert.equal(backend.received().split(BODY).length, 3)
  const [line] = await accessLog(2)
  assert.equal(line!['consumer'], 'github')
})

test('a body that the sender did not sign reaches nobody', async (t) => {
  const { backend, port } = await receiver(t)
  for (const fields of [github(hmac('other')), github('0'.repeat(64)), github(''), '']) {
    const reply = await exchange(
      port,
      head('/github', `${fields}Content-Length: ${BODY.length}`) + BODY,
    )
    assert.match(reply, /^HTTP\/1\.1 401 /)
  }
  assert.equal(backend.received(), '')
})

const waiting = (length: number): string =>
  `${github(hmac('hello'))}Content-Length: ${length}\r\nExpect: 100-continue`

test('a sender that waits for a 100 is asked for the body, and one that is too large is not', async (t) => {
  const { backend, port } = await receiver(t)
  const client = new RawClient(port).send(head('/github', waiting(5)))
  await client.untilReceived('HTTP/1.1 100 Continue\r\n\r\n')
  client.send('hello')
  await client.untilReceived('HTTP/1.1 200 ')
  client.close()
  assert.ok(backend.received().endsWith('hello'))
  const large = await exchange(port, head('/github', waiting(1_001)))
  assert.match(large, /^HTTP\/1\.1 413 [^]*BODY_TOO_LARGE/)
})

test('over HTTP/2 a body is held as well, goes on, and has the same bounds', async (t) => {
  const { backend, port } = await receiver(t, 1, '[http1, h2c]')
  const session = await connectH2(t, port)
  const ask = (body: string, signed = body) =>
    askH2(session, {
      method: 'POST',
      path: '/github',
      fields: ['x-hub-signature-256', `sha256=${hmac(signed)}`],
      body,
    })
  assert.equal((await ask(BODY)).status, 200)
  assert.ok(backend.received().endsWith(BODY))
  assert.equal((await ask(BODY, 'other')).status, 401)
  assert.equal((await ask('x'.repeat(1_001))).status, 413)
  assert.equal((await ask('again')).status, 200, 'the connection is good still')
})

test('the same message is taken once, whatever worker it comes to', async (t) => {
  const { backend, port } = await receiver(t, 2)
  const time = Math.floor(Date.now() / 1_000)
  const signature = `Stripe-Signature: t=${time},v1=${hmac(`${time}.${BODY}`)}\r\n`
  const request = head('/stripe', `${signature}Content-Length: ${BODY.length}`) + BODY
  const replies = await Promise.all(Array.from({ length: 12 }, () => exchange(port, request)))
  assert.equal(replies.filter((reply) => reply.startsWith('HTTP/1.1 200 ')).length, 1)
  assert.equal(replies.filter((reply) => reply.startsWith('HTTP/1.1 401 ')).length, 11)
  assert.equal(backend.received().split(BODY).length, 2)
})
