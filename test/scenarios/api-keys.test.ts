import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigRefused } from '#config/config-refused'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'
import { until } from '../kit/until.ts'

const kept = (key: string): string => `sha256:${hash('sha256', key)}`
const statusOf = (reply: string): string => reply.slice(9, 12)

test('KEY-01: a key is taken off what the service gets, and all else stays byte for byte', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `authenticators: { header: { apiKey: { header: X-API-Key } }, query: { apiKey: { query: apikey } }, cookie: { apiKey: { cookie: key } } }
consumers: [{ name: acme, apiKeys: ["${kept('K1')}"] }]
routes:
  - { path: /**, to: "${service.url}", auth: [header, query, cookie] }
  - { path: /kept/**, to: "${service.url}", auth: [header, query, cookie], identity: { keepCredentials: true } }
`,
  )
  const ask = async (path: string, lines = ''): Promise<string> => {
    const reply = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`)
    assert.equal(statusOf(reply), '200', reply)
    return service.request()
  }
  assert.match(await ask('/a?x=%2F&apikey=K1&y=+&apikeys=z'), /^GET \/a\?x=%2F&y=\+&apikeys=z HTTP/)
  assert.match(await ask('/a?apikey=K1'), /^GET \/a HTTP/)
  assert.match(await ask('/a?%61pikey=K1&b'), /^GET \/a\?b HTTP/)
  const both = await ask('/a?apikey=other', 'X-API-Key: K1\r\nX-API-Keys: z\r\n')
  assert.match(both, /^GET \/a HTTP/)
  assert.deepEqual(valuesOf(both, 'x-api-key'), [])
  assert.deepEqual(valuesOf(both, 'x-api-keys'), ['z'])
  const cookies = await ask('/a', 'Cookie: a=1; key=K1; b=2\r\n')
  assert.deepEqual(valuesOf(cookies, 'cookie'), ['a=1; b=2'])
  assert.deepEqual(valuesOf(await ask('/a', 'Cookie: key=K1\r\n'), 'cookie'), [])
  assert.match(await ask('/kept/a?apikey=K1'), /^GET \/kept\/a\?apikey=K1 HTTP/)
})

test('KEY-08: what is no key is nobody’s, whatever objects inherit', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `authenticators: { keys: { apiKey: { header: x-api-key } } }
consumers: [{ name: acme, apiKeys: ["${kept('K1')}"] }]
routes: [{ path: /**, to: "${service.url}", auth: keys }]
`,
  )
  const ask = async (value: string): Promise<string> =>
    statusOf(await exchange(port, `GET / HTTP/1.1\r\nHost: gw.test\r\nX-API-Key: ${value}\r\n\r\n`))
  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
  for (const key of [
    '',
    ...inherited,
    'null',
    'undefined',
    'K1\xa0',
    'k1',
    '\xca1',
    'K1, K1',
    kept('K1'),
  ])
    assert.equal(await ask(key), '401', key)
  assert.equal(await ask('K'.repeat(1_048_576)), '431')
  assert.equal(
    statusOf(
      await exchange(
        port,
        'GET / HTTP/1.1\r\nHost: gw.test\r\nX-API-Key: K1\r\nX-API-Key: K1\r\n\r\n',
      ),
    ),
    '401',
    'two of them are one that is nobody’s',
  )
  assert.equal(service.request(), '')
  assert.equal(await ask('K1'), '200')
})

test('a consumer may have two keys, each with its end, its stages and its scopes; the log says which', async (t) => {
  const { port, accessLog } = await startGateway(
    t,
    `stages: { production: { hosts: p.test }, qa: { hosts: q.test } }
authenticators: { keys: { apiKey: { header: authorization, scheme: Bearer } } }
consumers:
  - name: acme
    apiKeys:
      - "${kept('old')}:old"
      - { hash: "${kept('new')}:new", scopes: [write] }
      - { hash: "${kept('gone')}", expires: 2020-01-01 }
      - { hash: "${kept('qa-only')}", stages: qa }
routes:
  - { path: /read, respond: x, auth: keys }
  - { path: /write, respond: x, auth: keys, authorize: { scopes: write } }
`,
  )
  const ask = async (key: string, path = '/read', host = 'p.test'): Promise<string> =>
    statusOf(
      await exchange(
        port,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: bearer ${key}\r\n\r\n`,
      ),
    )
  assert.equal(await ask('old'), '200')
  assert.equal(await ask('new'), '200')
  assert.equal(await ask('gone'), '401')
  assert.equal(await ask('qa-only'), '401')
  assert.equal(await ask('qa-only', '/read', 'q.test'), '200')
  assert.equal(await ask('old', '/write'), '403')
  assert.equal(await ask('new', '/write'), '200')
  const log = await accessLog(7)
  assert.deepEqual([log[0]!['consumer'], log[0]!['credential']], ['acme', 'old'])
  assert.equal(log[1]!['credential'], 'new')
  assert.equal(log[2]!['consumer'], undefined)
  assert.ok(!JSON.stringify(log).includes('bearer'), 'no credentials are logged')
})

test('a key that comes or goes in a file of consumers is live in every worker, and no program is built for it', async (t) => {
  const line = (name: string, ...keys: string[]): string =>
    `${JSON.stringify({ name, apiKeys: keys.map(kept) })}\n`
  const service = await startRecorder(t)
  const text = `authenticators: { keys: { apiKey: { header: x-api-key } } }
consumers: [{ file: consumers.ndjson }, { name: inline, apiKeys: ["${kept('inline')}"] }]
routes: [{ path: /**, to: "${service.url}", auth: keys, headers: { response: { set: { x-a: "1" } } } }]
`
  const { port, folder, reload, metric } = await startGateway(
    t,
    text.replace('{ file: consumers.ndjson }, ', ''),
    {
      workers: 2,
    },
  )
  writeFileSync(join(folder, 'consumers.ndjson'), line('a', 'k1') + line('b', 'k2'))
  await reload(text)
  const generation = await metric('portcullis_configuration_generation')
  /** Connections go to either worker. */
  const ask = async (key: string): Promise<Set<string>> => {
    const asked = Array.from({ length: 12 }, async () =>
      statusOf(
        await exchange(port, `GET / HTTP/1.1\r\nHost: gw.test\r\nX-API-Key: ${key}\r\n\r\n`),
      ),
    )
    return new Set(await Promise.all(asked))
  }
  const isAll = (status: string, key: string) => async (): Promise<boolean> =>
    [...(await ask(key))].join() === status
  assert.ok(await isAll('200', 'k1')())
  assert.ok(await isAll('401', 'k3')())
  writeFileSync(join(folder, 'consumers.ndjson'), line('a', 'k3') + line('b', 'k2'))
  await until(isAll('200', 'k3'))
  assert.ok(await isAll('401', 'k1')())
  assert.ok(await isAll('200', 'inline')())
  assert.equal(await metric('portcullis_configuration_generation'), generation)
  writeFileSync(join(folder, 'consumers.ndjson'), 'nonsense\n')
  await assert.rejects(
    reload(text),
    (error) =>
      error instanceof ConfigRefused &&
      error.complaints[0]!.message.startsWith('line 1: found no JSON'),
  )
  assert.ok(await isAll('200', 'k3')(), 'what was good stays')
})
