import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BackendConnection, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path = '/', fields = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n`

/** What each request said is left, in milliseconds; undefined where it said nothing. */
const leftIn = (text: string): (number | undefined)[] =>
  text
    .split('GET ')
    .slice(1)
    .map((request) => {
      const said = /\r\nx-left-ms: ([^\r]*)\r\n/.exec(request)?.[1]
      return said === undefined ? undefined : Number(said)
    })

test('a service is told how long it has: the least of all limits that hold', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", deadlineHeader: x-left-ms, timeout: { response: 9s } } }
routes:
  - { path: /response, to: s }
  - { path: /total, to: s, timeout: 5s }
  - { path: /try, to: s, timeout: { total: 5s, perTry: 2s } }
  - { path: /none, to: s, timeout: { response: 0s } }\n`,
  )
  for (const path of ['/response', '/total', '/try', '/none']) await exchange(port, get(path))
  const [response, total, perTry, none] = leftIn(backend.received())
  assert.equal(response, 9_000)
  assert.ok(total! > 4_000 && total! <= 5_000, String(total))
  assert.ok(perTry! > 1_000 && perTry! <= 2_000, String(perTry))
  assert.equal(none, undefined)
})

test('nobody but the gateway says it, under no name that reads alike', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", deadlineHeader: x-left-ms, timeout: { response: 0s } } }
routes: [{ path: /**, to: s }]\n`,
  )
  await exchange(port, get('/', 'X-Left-Ms: 99\r\nX_Left_Ms: 98\r\nX-Left-Msg: kept\r\n'))
  assert.doesNotMatch(backend.received(), /: 9[89]\r\n/)
  assert.match(backend.received(), /x-left-msg: kept/)
})

test('each try is told what is left by then', async (t) => {
  const backend = await startBackend(t, ({ socket, received }, whole) => {
    if (whole && backend.connections.length === 1) setTimeout(() => socket.destroy(), 300)
    else if (whole && received !== '') socket.write(OK)
  })
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", deadlineHeader: x-left-ms, timeout: { total: 5s }, retry: { on: reset } } }
routes: [{ path: /**, to: s }]\n`,
  )
  assert.match(await exchange(port, get()), /^HTTP\/1\.1 200/)
  const [first, second] = leftIn(backend.received())
  assert.ok(first! - second! >= 290, `${first} ${second}`)
})

/** Answers each first request after so long, every other at once. */
function lateOnce(waitMs: number): (connection: BackendConnection, whole: boolean) => void {
  let asked = 0
  return ({ socket }, whole) => {
    if (whole) setTimeout(() => socket.write(OK), asked++ === 0 ? waitMs : 0)
  }
}

test('a try that takes longer than perTry is given up, and made again where timeout says so', async (t) => {
  const backend = await startBackend(t, lateOnce(3_000))
  const { port, accessLog } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", timeout: { perTry: 200ms }, retry: { on: timeout } } }
routes: [{ path: /**, to: s }]\n`,
  )
  assert.match(await exchange(port, get()), /^HTTP\/1\.1 200/)
  assert.equal((await accessLog(1))[0]!['attempts'], 2)
})

test('without another try it is 504, and a reply that has begun may take longer', async (t) => {
  const backend = await startBackend(t, ({ socket, received }, whole) => {
    if (whole && received.includes('/begun'))
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no')
  })
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", timeout: { perTry: 200ms } } }
routes: [{ path: /**, to: s }]\n`,
  )
  const begun = new RawClient(port).send(get('/begun'))
  await begun.untilReceived('200 OK')
  assert.match(await exchange(port, get()), /504[^]*RESPONSE_TIMEOUT/)
  backend.connections[0]!.socket.write('k')
  await begun.untilReceived('ok')
  begun.close()
  await until(() => backend.open() <= 1)
})
