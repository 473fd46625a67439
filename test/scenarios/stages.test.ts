import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'

const STAGES = `stages:
  production: { hosts: [api.shop.example] }
  staging: { hosts: [staging.api.shop.example] }
  qa: { hosts: [staging.api.shop.example], pathPrefix: /qa }
`

/** The reply, and its body's first line. */
const ask = async (port: number, host: string, path: string): Promise<[number, string]> => {
  const reply = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  return [Number(reply.split(' ')[1]), reply.slice(reply.indexOf('\r\n\r\n') + 4)]
}

const saying = (name: string) => (): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`

test('the same route leads to the targets of the stage that host and prefix tell, and to no other', async (t) => {
  const [production, staging, qa] = await Promise.all(
    ['production', 'staging', 'qa'].map((name) => startRecorder(t, saying(name))),
  )
  const { port, accessLog, metric } = await startGateway(
    t,
    `${STAGES}services:
  orders:
    stages:
      production: { targets: "${production!.url}" }
      staging: { targets: "${staging!.url}" }
      qa: { targets: "${qa!.url}" }
routes:
  - { path: /v1/orders/**, to: orders }
  - { path: /tools, host: tools.shop.example, respond: tools }
  - { match: { path: /only, stage: qa }, respond: only }
`,
    { workers: 2 },
  )
  assert.deepEqual(await ask(port, 'api.shop.example', '/v1/orders/1'), [200, 'production'])
  assert.deepEqual(await ask(port, 'staging.api.shop.example', '/v1/orders/1?a=%2F'), [
    200,
    'staging',
  ])
  assert.equal(staging!.target(), '/v1/orders/1?a=%2F')
  assert.deepEqual(await ask(port, 'staging.api.shop.example:80', '/qa/v1/orders/1?a'), [200, 'qa'])
  assert.equal(qa!.target(), '/v1/orders/1?a', 'the prefix is taken off')
  assert.match(qa!.request(), /\r\nx-forwarded-prefix: \/qa\r\n/)
  assert.doesNotMatch(staging!.request(), /x-forwarded-prefix/)

  assert.equal((await ask(port, 'api.shop.example', '/qa/v1/orders/1'))[0], 404)
  assert.equal((await ask(port, 'evil.example', '/v1/orders/1'))[0], 421)
  assert.deepEqual(await ask(port, 'tools.shop.example', '/tools'), [200, 'tools'])
  assert.equal((await ask(port, 'tools.shop.example', '/v1/orders/1'))[0], 404)
  assert.equal((await ask(port, 'api.shop.example', '/tools'))[0], 404)
  assert.equal((await ask(port, 'staging.api.shop.example', '/only'))[0], 404)
  assert.deepEqual(await ask(port, 'staging.api.shop.example', '/qa/only'), [200, 'only'])

  const lines = (await accessLog(10)).filter(({ service }) => service !== undefined)
  assert.deepEqual(
    lines
      .map(({ stage, service, path }) => `${String(stage)} ${String(service)} ${String(path)}`)
      .toSorted(),
    ['production orders /v1/orders/1', 'qa orders /qa/v1/orders/1', 'staging orders /v1/orders/1'],
  )
  assert.equal(await metric('portcullis_group_requests_total{stage="qa",class="2xx"}'), 2)
  assert.equal(await metric('portcullis_group_requests_total{stage="production",class="4xx"}'), 2)
})

test('a prefix comes back in what replies say of paths, whoever made them', async (t) => {
  let told = ''
  const service = await startRecorder(
    t,
    () => `HTTP/1.1 302 Found\r\n${told}\r\nContent-Length: 0\r\n\r\n`,
  )
  const { port } = await startGateway(
    t,
    `${STAGES}routes:
  - { path: /**, to: "${service.url}" }
  - { path: /app/**, to: "${service.url}", stripPrefix: /app }
  - { path: /old/**, redirect: "/new/**" }
  - { path: /away, redirect: "https://elsewhere.example/x" }
`,
  )
  const seen = async (path: string, lines = ''): Promise<string> => {
    told = lines
    const head = `GET ${path} HTTP/1.1\r\nHost: staging.api.shop.example\r\n\r\n`
    const [line] = /(?<=\r\n)(?:content-location|location|set-cookie): .*(?=\r\n)/.exec(
      await exchange(port, head),
    )!
    return line
  }
  assert.equal(await seen('/qa/go', 'location: /x'), 'location: /qa/x')
  assert.equal(await seen('/qa/go', 'location: /qa/x'), 'location: /qa/x')
  assert.equal(await seen('/qa/app/go', 'location: /x'), 'location: /qa/app/x')
  assert.equal(
    await seen('/qa/go', `location: http://127.0.0.1:${service.port}/x`),
    'location: http://staging.api.shop.example/qa/x',
  )
  assert.equal(await seen('/qa/go', 'set-cookie: a=1; Path=/'), 'set-cookie: a=1; Path=/qa')
  assert.equal(await seen('/qa/old/a?b=1'), 'location: /qa/new/a?b=1')
  assert.equal(await seen('/qa/away'), 'location: https://elsewhere.example/x')
  assert.equal(await seen('/go', 'location: /x'), 'location: /x')
  assert.equal(await seen('/old/a'), 'location: /new/a')
})

test('members replace those of the same layer in one stage, endpoints too', async (t) => {
  const { port } = await startGateway(
    t,
    `${STAGES}defaults:
  headers: { response: { set: { x-world: every } } }
  stages: { qa: { headers: { response: { set: { x-world: qa } } } } }
routes:
  - { path: /a, respond: a, stages: { staging: { respond: b }, qa: { redirect: /b } } }
`,
  )
  const headOf = async (host: string, path: string): Promise<string> =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  assert.match(await headOf('api.shop.example', '/a'), / 200 [^]*x-world: every[^]*\r\na$/)
  assert.match(await headOf('staging.api.shop.example', '/a'), / 200 [^]*x-world: every[^]*\r\nb$/)
  assert.match(await headOf('staging.api.shop.example', '/qa/a'), / 308 [^]*x-world: qa/)
})

test('one stage alone answers any host, asks for no other’s secrets, and leaves others’ targets alone', async (t) => {
  const [production, staging] = await Promise.all(
    ['production', 'staging'].map((name) => startRecorder(t, saying(name))),
  )
  const yaml = `stages:
  production: { hosts: [api.shop.example] }
  staging: { hosts: [staging.api.shop.example], pathPrefix: /s }
services:
  orders:
    stages:
      production: { targets: "\${env:NO_SUCH_VARIABLE_IN_TESTS}" }
      staging: { targets: "${staging!.url}" }
routes:
  - { path: /orders, to: orders }
  - { path: /tools, host: tools.shop.example, respond: tools }
  - { match: { path: /only, stage: production }, respond: "\${env:NO_SUCH_VARIABLE_IN_TESTS}" }
apis:
  reports:
    versions:
      v1: { path: /v1/reports, routes: [{ path: /, respond: v1 }] }
      v2: { path: /v2/reports, routes: [{ match: { path: /, stage: [production] }, respond: "\${env:NO_SUCH_VARIABLE_IN_TESTS}" }] }
`
  const { port, accessLog } = await startGateway(t, yaml, { stage: 'staging' })
  for (const host of ['api.shop.example', 'localhost', 'staging.api.shop.example'])
    assert.deepEqual(await ask(port, host, '/orders'), [200, 'staging'])
  assert.deepEqual(await ask(port, 'localhost', '/s/orders'), [200, 'staging'])
  assert.equal(staging!.target(), '/orders')
  assert.equal((await ask(port, 'localhost', '/only'))[0], 404)
  assert.deepEqual(await ask(port, 'localhost', '/v1/reports'), [200, 'v1'])
  assert.equal((await ask(port, 'localhost', '/v2/reports'))[0], 404)
  assert.deepEqual(await ask(port, 'tools.shop.example', '/tools'), [200, 'tools'])
  assert.equal(production!.request(), '')
  assert.equal((await accessLog(1))[0]!.stage, 'staging')
})
