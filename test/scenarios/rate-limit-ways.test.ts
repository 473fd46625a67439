import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const asked = (path: string, lines = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`
const statusOf = (reply: string): string => reply.slice(9, 12)

test('a rule in the shadow counts, refuses nobody, and says whom it would have', async (t) => {
  const { port, accessLog, metric } = await startGateway(
    t,
    'routes: [{ path: /, respond: in, rateLimit: [{ name: watch, limit: 1/h, mode: shadow }, { name: real, limit: 3/h }] }]',
  )
  const statuses: string[] = []
  for (let n = 0; n < 4; n++) statuses.push(statusOf(await exchange(port, asked('/'))))
  assert.deepEqual(statuses, ['200', '200', '200', '429'])
  const log = await accessLog(4)
  assert.deepEqual(
    log.map(({ wouldRefuse }) => wouldRefuse),
    [undefined, 'watch', 'watch', undefined],
  )
  assert.equal(await metric('portcullis_limits_would_refuse_total'), 2)
})

test('a call may wait a little for its turn; who would wait too long is refused at once', async (t) => {
  const { port } = await startGateway(
    t,
    'routes: [{ path: /, respond: in, rateLimit: { limit: 20/s, burst: 1, queue: { wait: 500ms, max: 4 } } }]',
  )
  const statuses = await Promise.all(Array.from({ length: 12 }, () => exchange(port, asked('/'))))
  const passed = statuses.filter((reply) => statusOf(reply) === '200').length
  assert.ok(passed >= 5 && passed < 12, `${passed} passed`)
})

test('concurrency counts calls under way, and gives back what is over, however it ended', async (t) => {
  const held: (() => void)[] = []
  let isHolding = true
  const server = createServer((_, reply) => {
    if (isHolding) held.push(() => void reply.end('ok'))
    else reply.end('ok')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port: at } = server.address() as AddressInfo
  const { port } = await startGateway(
    t,
    `routes: [{ path: /, to: "http://127.0.0.1:${at}", rateLimit: { limit: 2, algorithm: concurrency, by: ip } }]`,
  )
  const first = new RawClient(port).send(asked('/'))
  const second = new RawClient(port).send(asked('/'))
  await until(() => held.length === 2)
  assert.equal(statusOf(await exchange(port, asked('/'))), '429')
  isHolding = false
  held[0]!()
  await first.replies()
  assert.match(await exchange(port, asked('/')), /"route";r=0/)
  second.close()
  await until(async () => (await exchange(port, asked('/'))).includes('"route";r=1'))
})

const cost = (text: string): string => `rateLimit: { limit: 10/h, by: ip, cost: '${text}' }`

test('the reply says what a call has cost: by a field, by its JSON, by the last event that tells', async (t) => {
  const service = await startRecorder(t, (request) => {
    const [, path = ''] = request.split(' ')
    if (path === '/field') return 'HTTP/1.1 200 OK\r\nX-Cost: 4\r\nContent-Length: 2\r\n\r\nok'
    if (path === '/json') {
      const body = '{"usage":{"total_tokens":4},"text":"caf\\u00e9"}'
      return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    }
    const events =
      'data: {"delta":"a"}\n\ndata: {"usage":{"total_tokens":3}}\n\nevent: x\ndata: {"usage":\ndata: {"total_tokens":4}}\n\ndata: [DONE]\n\n'
    return `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nContent-Length: ${events.length}\r\n\r\n${events}`
  })
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /field, to: "${service.url}", ${cost('int(reply.headers["x-cost"])')} }
  - { path: /json, to: "${service.url}", ${cost('reply.json.usage.total_tokens')} }
  - { path: /events, to: "${service.url}", ${cost('reply.json.usage.total_tokens')} }
  - { path: /by-query, respond: in, ${cost('int(query["n"])')} }
`,
  )
  const left = async (path: string): Promise<string> => {
    const reply = await exchange(port, asked(path, 'Accept-Encoding: gzip\r\n'))
    return `${statusOf(reply)} ${/"route";r=(\d+)/.exec(reply)?.[1]}`
  }
  for (const path of ['/field', '/json', '/events']) {
    const seen = [await left(path), await left(path), await left(path), await left(path)]
    // One before it is known, and what is missing to four after.
    assert.deepEqual(seen, ['200 9', '200 5', '200 1', '429 0'], path)
    assert.deepEqual(valuesOf(service.request(), 'accept-encoding'), [])
  }
  assert.deepEqual(
    [await left('/by-query?n=7'), await left('/by-query?n=7'), await left('/by-query?n=x')],
    ['200 3', '429 3', '200 2'],
  )
})

const limited = (body: string): string =>
  `routes: [{ path: /, respond: ${body}, rateLimit: { limit: 2/h, by: ip } }]`

test('counters and their limits outlast a reload that leaves the rule as it is', async (t) => {
  const { port, reload } = await startGateway(t, limited('one'))
  assert.equal(statusOf(await exchange(port, asked('/'))), '200')
  await reload(limited('two'))
  assert.match(await exchange(port, asked('/')), /two$/)
  await reload(limited('three'))
  assert.equal(statusOf(await exchange(port, asked('/'))), '429')
})

const lasting = (data: string): string =>
  `data: ${JSON.stringify(data)}\nroutes: [{ path: /, respond: in, rateLimit: [{ limit: 3/day, algorithm: fixedWindow, by: ip }, { limit: 100/s, by: ip }] }]`

test('long limits outlast the process', async (t) => {
  const folder = await temporaryFolder(t, {})
  const before = await startGateway(t, lasting(folder))
  for (let n = 0; n < 2; n++) await exchange(before.port, asked('/'))
  await before.stop()
  assert.deepEqual(readdirSync(folder), ['counters-memory.bin'])
  const after = await startGateway(t, lasting(folder))
  assert.match(await exchange(after.port, asked('/')), /"route";r=0/)
  assert.equal(statusOf(await exchange(after.port, asked('/'))), '429')
})

test('without a long limit nothing is written; a folder that cannot be written keeps nobody from serving', async (t) => {
  const short = await startGateway(t, 'routes: [{ path: /, respond: in, rateLimit: 10/s }]')
  await exchange(short.port, asked('/'))
  await short.stop()
  assert.ok(!readdirSync(short.folder).includes('data'))
  const broken = await startGateway(
    t,
    'data: /dev/null/x\nroutes: [{ path: /, respond: in, rateLimit: 10/day }]',
  )
  assert.equal(statusOf(await exchange(broken.port, asked('/'))), '200')
  await broken.stop()
})

test('what no route claims is limited by address, and refused to addresses that may not call', async (t) => {
  const { port } = await startGateway(
    t,
    `defaults: { rateLimit: { name: all, limit: 3/h, by: ip } }
routes: [{ path: /a, methods: [GET], respond: in }]`,
  )
  const statuses: string[] = []
  for (const path of ['/nowhere', '/a', '/.env', '/a', '/nowhere'])
    statuses.push(statusOf(await exchange(port, asked(path))))
  assert.deepEqual(statuses, ['404', '200', '404', '429', '429'])
  const closed = await startGateway(
    t,
    'defaults: { ip: { deny: 127.0.0.1 } }\nroutes: [{ path: /a, respond: in, ip: false }]',
  )
  assert.equal(statusOf(await exchange(closed.port, asked('/nowhere'))), '403')
  assert.equal(statusOf(await exchange(closed.port, asked('/a'))), '200')
})
