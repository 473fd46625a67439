import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FAULTS, type FaultCode } from '#sdk/fault'
import { freePort } from '../kit/free-port.ts'
import { type Answer, OK, startBackend } from '../kit/backend.ts'
import { startGateway, type TestGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

/** What the service does, by the path it is asked for. */
const services: Readonly<Record<string, string>> = {
  '/ok': OK,
  '/bad-reply': 'HTTP/9.9 what\r\n\r\n',
  '/cut': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
  '/part': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
  '/chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  '/bad-chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz',
}

let heardByService = 0

const answer: Answer = (connection, whole) => {
  heardByService++
  if (!whole) return
  const { socket, received } = connection
  connection.received = ''
  const path = received.split(' ')[1]!
  if (path === '/reset') socket.resetAndDestroy()
  if (path in services) socket.write(services[path]!)
  if (path === '/cut') socket.end()
}

async function setUp(t: TestContext) {
  const backend = await startBackend(t, answer)
  const closed = await freePort()
  const gateway = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}" } }
routes:
  - { path: "/{any}", to: s }
  - { match: { path: /own/x, methods: [GET] }, respond: mine }
  - { path: /body, to: s, limits: { body: 8B, bodyTimeout: 150ms } }
  - { path: /silent, to: s, timeout: { response: 100ms } }
  - { path: /all, to: s, timeout: 100ms }
  - { path: /part, to: s, timeout: { idle: 100ms } }
  - { path: /refused, to: "http://127.0.0.1:${closed}" }
`,
    {
      listen: 'listeners: { main: { host: 127.0.0.1, port: 0, limits: { headerTimeout: 150ms } } }',
    },
  )
  return { backend, gateway }
}

interface Ending {
  readonly send: string
  /** What the client hears before it does what is next; it waits for a whole reply when there is none. */
  readonly heard?: string
  readonly leave?: (client: RawClient) => void
  readonly line: Readonly<Record<string, unknown>>
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: gw.test\r\n${body}`
const FIVE_OF_EIGHT = 'Content-Length: 8\r\n\r\nhello'
const reset = (client: RawClient): void => void client.socket.resetAndDestroy()
const halfClose = (client: RawClient): void => void client.socket.end()

function wrong(send: string, status: number, fault: FaultCode, more = {}): Ending {
  return { send, line: { status, fault, ...more } }
}

const endings: Readonly<Record<string, Ending>> = {
  'a reply of the service': { send: get('/ok'), line: { status: 200, bytesOut: 2, attempts: 1 } },
  'a reply of the gateway': { send: get('/own/x'), line: { status: 200, bytesOut: 4 } },
  HEAD: { send: get('/ok').replace('GET', 'HEAD'), line: { status: 200, bytesOut: 0 } },
  'an upload': {
    send: post('/ok', 'Content-Length: 2\r\n\r\nhi'),
    line: { status: 200, bytesIn: 2 },
  },
  'no request at all': wrong('GET  / HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST'),
  'a bad Host': wrong(get('/ok').replace('gw.test', 'a b'), 400, 'BAD_HOST'),
  'a bad path': wrong(get('/%zz?q'), 400, 'BAD_PATH'),
  'a length in two ways': wrong(
    post('/ok', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi'),
    400,
    'BAD_FRAMING',
  ),
  'a bad chunk': wrong(post('/ok', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'), 400, 'BAD_BODY'),
  'a head too large': wrong(
    get('/ok').replace('Host', `X: ${'x'.repeat(40_000)}\r\nHost`),
    431,
    'HEADERS_TOO_LARGE',
  ),
  'half a head': wrong('GET /ok HTT', 408, 'REQUEST_TIMEOUT'),
  'half a body': wrong(post('/body', FIVE_OF_EIGHT), 408, 'BODY_TIMEOUT', { bytesIn: 5 }),
  'a body too large': wrong(post('/body', 'Content-Length: 9\r\n\r\n'), 413, 'BODY_TOO_LARGE', {
    bytesIn: 0,
  }),
  'a wrong method': wrong(get('/own/x').replace('GET', 'PUT'), 405, 'METHOD_NOT_ALLOWED'),
  'a method unheard of here': wrong(
    get('/ok').replace('GET', 'TRACE'),
    501,
    'METHOD_NOT_SUPPORTED',
  ),
  'a version unheard of here': wrong(
    get('/ok').replace('1.1', '3.0'),
    505,
    'VERSION_NOT_SUPPORTED',
  ),
  'no service': wrong(get('/refused'), 502, 'SERVICE_REFUSED', { attempts: 2 }),
  'a service that resets': wrong(get('/reset'), 502, 'SERVICE_RESET'),
  'a service that babbles': wrong(get('/bad-reply'), 502, 'SERVICE_BAD_REPLY'),
  'a service that is silent': wrong(get('/silent'), 504, 'RESPONSE_TIMEOUT'),
  'a service that takes too long': wrong(get('/all'), 504, 'TOTAL_TIMEOUT'),
  'a reply cut': wrong(get('/cut'), 200, 'REPLY_CUT', { complete: false, bytesOut: 3 }),
  'a reply that babbles': wrong(get('/bad-chunks'), 200, 'REPLY_CUT', {
    complete: false,
    bytesOut: 3,
  }),
  'a reply that stops': wrong(get('/part'), 200, 'IDLE_TIMEOUT', { complete: false, bytesOut: 3 }),
}
for (const [how, leave] of Object.entries({ reset, 'half-close': halfClose }))
  Object.assign(endings, {
    [`a client that leaves by ${how} before the reply`]: {
      send: get('/mute'),
      leave,
      line: { status: 499, fault: 'CLIENT_GONE', complete: false, bytesOut: 0 },
    },
    [`a client that leaves by ${how} within the reply`]: {
      send: get('/chunks'),
      heard: 'abc',
      leave,
      line: { status: 200, fault: 'CLIENT_GONE', complete: false, bytesOut: 3 },
    },
    [`a client that leaves by ${how} within its body`]: {
      send: post('/up', FIVE_OF_EIGHT),
      leave,
      line: { status: 499, fault: 'CLIENT_GONE', complete: false, bytesIn: 5, bytesOut: 0 },
    },
  } satisfies Record<string, Ending>)

async function untilZero(gateway: TestGateway, ...names: string[]): Promise<void> {
  for (const name of names)
    await until(async () => (await gateway.metric(`portcullis_${name}`)) === 0)
}

test('OBS-04, OBS-05: every exchange has one line that tells how it ended; then all gauges are zero, and counters say the same', async (t) => {
  const { backend, gateway } = await setUp(t)
  let lines = 0
  for (const [name, { send, heard, leave, line }] of Object.entries(endings))
    await t.test(name, async () => {
      const before = heardByService
      const client = new RawClient(gateway.port).send(send)
      if (heard !== undefined) await client.untilReceived(heard)
      else if (leave !== undefined) await until(() => heardByService > before)
      else await client.replies()
      leave?.(client)
      const logged = (await gateway.accessLog(++lines)).at(-1)!
      assert.deepEqual({ ...logged, ...line }, logged)
      assert.equal(logged['fault'], line['fault'])
      assert.equal(logged['complete'], line['complete'])
      if (line['status'] === 499) assert.equal(client.received, '')
      client.close()
    })
  await untilZero(gateway, 'requests_in_progress', 'connections')
  await until(
    async () => (await gateway.metric('portcullis_service_connections')) === backend.open(),
  )
  assert.equal(await gateway.metric('portcullis_service_connections_idle'), backend.open())

  const log = await gateway.accessLog(lines)
  assert.equal(log.length, Object.keys(endings).length)
  const count = (of: (line: Record<string, unknown>) => boolean): number => log.filter(of).length
  for (const code of Object.keys(FAULTS) as FaultCode[]) {
    const counted = await gateway.metric(
      `portcullis_faults_total{code="${code}",source="${FAULTS[code].source}"}`,
    )
    assert.equal(
      Number.isNaN(counted) ? 0 : counted,
      count(({ fault }) => fault === code),
      code,
    )
  }
  for (const digit of [2, 4, 5])
    assert.equal(
      await gateway.metric(`portcullis_requests_total{class="${digit}xx"}`),
      count(({ status }) => Math.floor(Number(status) / 100) === digit),
    )
  assert.equal(
    await gateway.metric('portcullis_requests_incomplete_total'),
    count(({ complete }) => complete === false),
  )
  await gateway.reload('routes: [{ path: /, respond: ok }]')
  await untilZero(gateway, 'service_connections', 'service_connections_idle')
})
