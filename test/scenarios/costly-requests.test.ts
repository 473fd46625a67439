import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'

const SIZE = 30_000
const times = (text: string): string => text.repeat(Math.floor(SIZE / text.length))

/** Fields made so that whoever reads them badly reads them for long. */
const lines: readonly string[] = [
  `Accept: ${times('text/html;q=')}`,
  `Accept: text/html;${times(' ')}q=1${times(' ').slice(0, 1_000)}x`,
  `Accept: text/html;q=${times('1.')}x`,
  `Accept: ${times(',')}`,
  `Connection: ${times('a,')}`,
  `Connection: ${times(' ,\t')}`,
  `Connection: ${Array.from({ length: 4_000 }, (_, n) => `x-${n}`).join(',')}`,
  `TE: ${times(', trailers x')}`,
  `TE: ${times(' ')}x`,
  `Expect: ${times('100-continue ')}`,
  `X-Forwarded-For: ${times('1.1.1.1,')}`,
  `Forwarded: ${times('for="[::1]";')}`,
  `Forwarded: for="${times('\\"')}`,
  `Traceparent: ${times('00-')}`,
  `X-Request-Id: ${times('a-')}`,
  `Cookie: ${times('a=b; ')}`,
  `User-Agent: ${times('"\\\xff')}`,
  `X-Forwarded-Host: ${times('a.')}`,
]
const targets: readonly string[] = [
  `/${times('a/').slice(0, 8_000)}`,
  `/${times('../').slice(0, 8_000)}`,
  `/${times('%2e').slice(0, 7_000)}`,
  `/${times('%25').slice(0, 7_000)}!`,
  `/r/${times('aaaa/').slice(0, 8_000)}!`,
  `/?${times('a=&').slice(0, 8_000)}`,
  `http://${times('a.').slice(0, 8_000)}/`,
]
const texts = [
  ...lines.map((line) => `GET /nowhere HTTP/1.1\r\nHost: gw.test\r\n${line}\r\n\r\n`),
  ...lines.map((line) => `GET /ok HTTP/1.1\r\nHost: gw.test\r\n${line}\r\n\r\n`),
  ...targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: gw.test\r\n\r\n`),
  `POST /ok HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n${times('1\r\nx\r\n')}0\r\n\r\n`,
  `POST /ok HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a="'.padEnd(250, '\\"')}\r\nx`,
]

test('DOS-06: no request keeps the others waiting, however it is made', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /ok, to: "${backend.url}" }
  - { path: "/r/{a}/{b}/**", to: "${backend.url}" }
  - { path: "/{a}/{b}/{c}", respond: "{a}" }
  - { path: /ping, respond: pong }
`,
    {
      listen: 'listeners: { main: { host: 127.0.0.1, port: 0, trustedProxies: 127.0.0.0/8 } }',
    },
  )
  const other = new RawClient(port)
  const ping = async (): Promise<void> => {
    other.received = ''
    other.send('GET /ping HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    await other.untilReceived('pong')
  }
  await ping()
  for (const text of texts) {
    const since = performance.now()
    const clients = Array.from({ length: 10 }, () => new RawClient(port).send(text))
    await ping()
    for (const client of clients) await client.replies()
    const took = performance.now() - since
    for (const client of clients) {
      assert.match(client.received, /^HTTP\/1\.1 [24]\d\d /, text.slice(0, 80))
      client.close()
    }
    assert.ok(took < 500, `ten of these took ${took} ms: ${text.slice(0, 80)}`)
  }
  other.close()
})
