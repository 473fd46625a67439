import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startConsul } from '../kit/consul.ts'
import { discovered, FAILURES, TARGETS } from '../kit/discovered.ts'
import { startGateway } from '../kit/gateway.ts'
import { startNamed, whoAnswers } from '../kit/named.ts'
import { until } from '../kit/until.ts'

const AT_ONCE_MS = 900

test('instances come and go as Consul says, to all workers, without asking it again and again', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const instanceA = { address: '127.0.0.1', port: a.port }
  const instanceB = { nodeAddress: '127.0.0.1', port: b.port }
  const consul = await startConsul(t, 'orders', [instanceA])
  const { url } = await startGateway(
    t,
    discovered(`{ consul: { service: orders, url: "${consul.url}" } }`),
    { workers: 2 },
  )
  assert.deepEqual(await whoAnswers(`${url}/a`, 10), { a: 10 })
  await until(() => consul.questions.length === 2)
  assert.equal(consul.questions[0], '/v1/health/service/orders?passing=true')
  assert.equal(consul.questions[1], '/v1/health/service/orders?passing=true&index=10&wait=60s')
  consul.set([instanceA, instanceB])
  await until(async () => (await whoAnswers(`${url}/a`, 4))['b'] === 2)
  assert.deepEqual(await whoAnswers(`${url}/a`, 40), { a: 20, b: 20 }, 'both workers know')
  consul.set([instanceB])
  await until(async () => (await whoAnswers(`${url}/a`, 4))['b'] === 4)
  assert.ok(consul.questions.length <= 5, consul.questions.join('\n'))
})

test('weights, tags, datacenter and token are Consul’s own; the token comes from the environment', async (t) => {
  const [a, b, c] = [await startNamed(t, 'a'), await startNamed(t, 'b'), await startNamed(t, 'c')]
  const weights = { Passing: 3, Warning: 1 }
  const tags = ['v2', 'blue']
  const consul = await startConsul(t, 'orders', [
    { address: '127.0.0.1', port: a.port, tags, weights },
    { address: '127.0.0.1', port: b.port, tags, weights, status: 'warning' },
    { address: '127.0.0.1', port: c.port, tags: ['v1'] },
  ])
  process.env['CONSUL_TEST_TOKEN'] = 'secret-of-the-test'
  const { url } = await startGateway(
    t,
    discovered(
      `{ consul: { service: orders, url: "${consul.url}", tags: [v2, blue], datacenter: dc1, passing: false, token: "\${env:CONSUL_TEST_TOKEN}" } }`,
    ),
  )
  assert.deepEqual(await whoAnswers(`${url}/a`, 40), { a: 30, b: 10 })
  assert.equal(consul.questions[0], '/v1/health/service/orders?dc=dc1&tag=v2&tag=blue')
  assert.equal(consul.token(), 'secret-of-the-test')
})

const nonsense = [
  { name: 'an error', fault: { status: 500, body: 'No cluster leader' } },
  { name: 'a refusal', fault: { status: 403, body: 'ACL not found' } },
  { name: 'what is no JSON', fault: { status: 200, body: '<html>' } },
  { name: 'what is no list', fault: { status: 200, body: '{"a":1}' } },
  { name: 'instances without a port', fault: { status: 200, body: '[{"Service":{}},1,null]' } },
  { name: 'that there is none', fault: { status: 200, body: '[]' } },
]
for (const { name, fault } of nonsense) {
  test(`what was found last holds while Consul answers ${name}`, async (t) => {
    const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
    const consul = await startConsul(t, 'orders', [{ address: '127.0.0.1', port: a.port }])
    const source = `{ consul: { service: orders, url: "${consul.url}" } }`
    const { url, metric } = await startGateway(t, discovered(source))
    await until(() => consul.questions.length === 2)
    consul.answer(fault)
    await until(async () => (await metric(FAILURES)) > 1)
    assert.equal(await metric(TARGETS), 1)
    assert.deepEqual(await whoAnswers(`${url}/a`, 5), { a: 5 })
    consul.answer(undefined)
    consul.set([{ address: '127.0.0.1', port: b.port }])
    await until(async () => (await whoAnswers(`${url}/a`, 2))['b'] === 2, 15_000)
  })
}

test('an index that goes backwards, as after Consul began anew, begins anew here', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const consul = await startConsul(t, 'orders', [{ address: '127.0.0.1', port: a.port }])
  const source = `{ consul: { service: orders, url: "${consul.url}" } }`
  const { url } = await startGateway(t, discovered(source))
  await until(() => consul.questions.length === 2)
  consul.set([{ address: '127.0.0.1', port: a.port }], 3)
  await until(() => consul.questions.length === 4)
  assert.deepEqual(
    consul.questions.map((question) => /index=\d+/.exec(question)?.[0]),
    [undefined, 'index=10', undefined, 'index=3'],
  )
  consul.set([{ address: '127.0.0.1', port: b.port }])
  await until(async () => (await whoAnswers(`${url}/a`, 2))['b'] === 2)
})

for (const lack of ['waiting', 'index'] as const) {
  test(`a Consul that does without ${lack} is asked once in a second, not again and again`, async (t) => {
    const a = await startNamed(t, 'a')
    const consul = await startConsul(t, 'orders', [{ address: '127.0.0.1', port: a.port }])
    consul.lacks(lack)
    const source = `{ consul: { service: orders, url: "${consul.url}" } }`
    const begun = performance.now()
    const { url } = await startGateway(t, discovered(source))
    await until(() => consul.questions.length === 3)
    const took = performance.now() - begun
    assert.ok(took > 2 * AT_ONCE_MS, `three questions in ${took} ms`)
    assert.deepEqual(await whoAnswers(`${url}/a`, 3), { a: 3 })
  })
}

test('addresses that Consul names are looked at as all are: those of the gateway itself are not called', async (t) => {
  const [a, secret] = [await startNamed(t, 'a'), await startNamed(t, 'secret')]
  const consul = await startConsul(t, 'orders', [
    { address: '127.0.0.1', port: a.port },
    { address: '::ffff:7f00:2', port: secret.port },
    { address: '169.254.169.254', port: 80 },
    { address: '[::1]', port: secret.port },
    { address: 'a b', port: secret.port },
  ])
  const source = `{ consul: { service: orders, url: "${consul.url}" } }`
  const { url, metric } = await startGateway(t, discovered(source, '', '127.0.0.1'))
  assert.equal(await metric(TARGETS), 1)
  assert.deepEqual(await whoAnswers(`${url}/a`, 5), { a: 5 })
  assert.equal(secret.connections.length, 0)
})
