import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { hashPassword } from '#consumers/keys'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const kept = (key: string): string => `sha256:${hash('sha256', key)}`
const basic = (name: string, password: string): string =>
  `Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}\r\n`
const key = (value: string): string => `X-API-Key: ${value}\r\n`

process.env['TEST_OPS_PASSWORD'] = 'of ops, long'
process.env['TEST_ANNA_PASSWORD'] = hashPassword('of anna, long')

const KNOWN = `authenticators:
  keys: { apiKey: { header: x-api-key } }
  people: { basic: { users: [{ name: ops, password: "\${env:TEST_OPS_PASSWORD}" }, { name: anna, password: "\${env:TEST_ANNA_PASSWORD}" }] } }
consumers: [{ name: acme, groups: [partners], apiKeys: ["${kept('K1')}"] }, { name: anna, groups: [staff] }]
`

async function start(t: TestContext, routes: string) {
  const { port } = await startGateway(t, `${KNOWN}routes:\n${routes}`)
  return async (
    path: string,
    lines = '',
  ): Promise<{ status: string; challenges: string[]; reply: string }> => {
    const reply = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`)
    return { status: reply.slice(9, 12), challenges: valuesOf(reply, 'www-authenticate'), reply }
  }
}

test('any of several authenticators knows the caller; else each scheme asks once', async (t) => {
  const ask = await start(t, '  - { path: /, respond: in, auth: [keys, people] }\n')
  assert.equal((await ask('/', key('K1'))).status, '200')
  assert.equal((await ask('/', basic('ops', 'of ops, long'))).status, '200')
  const nothing = await ask('/')
  assert.equal(nothing.status, '401')
  assert.match(nothing.reply, /CREDENTIALS_MISSING/)
  assert.deepEqual(nothing.challenges, [
    'ApiKey realm="api", in="header", name="x-api-key"',
    'Basic realm="api", charset="UTF-8"',
  ])
  const wrong = await ask('/', basic('ops', 'guess'))
  assert.equal(wrong.status, '401')
  assert.match(wrong.reply, /CREDENTIALS_REFUSED/)
  assert.equal(wrong.challenges.length, 2)
  assert.equal((await ask('/', key('wrong') + basic('ops', 'of ops, long'))).status, '200')
})

test('all of several must know the caller, and the first says who it is', async (t) => {
  const service = await startRecorder(t)
  const ask = await start(
    t,
    `  - { path: /**, to: "${service.url}", auth: { all: [keys, people] }, identity: { headers: { x-who: consumer.name } } }\n`,
  )
  assert.equal((await ask('/', key('K1'))).status, '401')
  assert.equal((await ask('/', basic('anna', 'of anna, long'))).status, '401')
  assert.equal((await ask('/', key('wrong') + basic('anna', 'of anna, long'))).status, '401')
  assert.equal(service.request(), '')
  assert.equal((await ask('/', key('K1') + basic('anna', 'of anna, long'))).status, '200')
  assert.deepEqual(valuesOf(service.request(), 'x-who'), ['acme'])
  assert.deepEqual(valuesOf(service.request(), 'authorization'), [])
})

test('calls without credentials pass where that is wanted; wrong ones and half of them never do', async (t) => {
  const ask = await start(
    t,
    `  - { path: /any, respond: in, auth: { any: keys, anonymous: true } }
  - { path: /all, respond: in, auth: { all: [keys, people], anonymous: true } }
  - { path: /known, respond: in, auth: { any: keys, anonymous: true }, authorize: { groups: partners } }\n`,
  )
  assert.equal((await ask('/any')).status, '200')
  assert.equal((await ask('/any', key('K1'))).status, '200')
  assert.equal((await ask('/any', key('wrong'))).status, '401')
  assert.equal((await ask('/all')).status, '200')
  assert.equal((await ask('/all', key('K1'))).status, '401')
  const unknown = await ask('/known')
  assert.equal(unknown.status, '401', 'who they are might help')
  assert.equal(unknown.challenges.length, 1)
  assert.equal((await ask('/known', key('K1'))).status, '200')
})

test('a password is right or wrong, and nothing that is malformed is either', async (t) => {
  const ask = await start(t, '  - { path: /, respond: in, auth: people }\n')
  for (let turn = 0; turn < 2; turn++) {
    assert.equal((await ask('/', basic('anna', 'of anna, long'))).status, '200', 'and once more')
    assert.equal((await ask('/', basic('anna', 'of anna, lonG'))).status, '401')
  }
  assert.equal((await ask('/', basic('ops', 'of anna, long'))).status, '401')
  assert.equal((await ask('/', basic('nobody', 'of ops, long'))).status, '401')
  assert.equal((await ask('/', basic('__proto__', 'x'))).status, '401')
  for (const value of [
    'Basic',
    'Basic !',
    'Basic b3Bz',
    'basic  ',
    'Basic b3BzOg==, Basic b3BzOg==',
  ])
    assert.equal((await ask('/', `Authorization: ${value}\r\n`)).status, '401', value)
})

test('what a caller lacks is told by its kind, and the rule is not', async (t) => {
  const ask = await start(
    t,
    `  - { path: /group, respond: in, auth: keys, authorize: { groups: secret-group } }
  - { path: /consumer, respond: in, auth: keys, authorize: { consumers: somebody } }
  - { path: /scope, respond: in, auth: keys, authorize: { scopes: secret-scope } }
  - { path: /address, respond: in, auth: keys, authorize: { ip: 10.0.0.0/8 } }
  - { path: "/condition/{name}", respond: in, auth: keys, authorize: { when: "consumer.name == path.name" } }
  - { path: /broken, respond: in, auth: keys, authorize: { when: "claims.deep.deeper == 1" } }
  - { path: /fine, respond: in, auth: keys, authorize: { groups: [x, partners], consumers: acme, ip: 127.0.0.1, when: "true" } }\n`,
  )
  for (const lacks of ['group', 'consumer', 'scope', 'address']) {
    const { status, reply } = await ask(`/${lacks}`, key('K1'))
    assert.equal(status, '403')
    assert.match(reply, new RegExp(`"lacks":"${lacks}"`))
    assert.doesNotMatch(reply, /secret|somebody|10\.0/)
  }
  assert.match(
    (await ask('/condition/other', key('K1'))).reply,
    /^HTTP\/1\.1 403 [^]*"lacks":"condition"/,
  )
  assert.equal((await ask('/condition/acme', key('K1'))).status, '200')
  assert.equal((await ask('/broken', key('K1'))).status, '403', 'what cannot be told does not hold')
  assert.equal((await ask('/fine', key('K1'))).status, '200')
})

test('HBH-02: the service learns who calls from the gateway, whatever the client says', async (t) => {
  const service = await startRecorder(t)
  const ask = await start(
    t,
    `  - path: /**
    to: "${service.url}"
    auth: { any: keys, anonymous: true }
    identity: { headers: { X-User: consumer.name, x-groups: consumer.groups, x-plan: consumer.plan } }\n`,
  )
  const spoofed =
    'X-User: admin\r\nx_user: admin\r\nX-USER: root\r\nX-Groups: root\r\nX-Plan: gold\r\nx_plan: gold\r\n' +
    'Connection: close, X-User, X-Groups, X-Forwarded-For, X-Request-Id\r\n'
  const told = (): Record<string, string[]> =>
    Object.fromEntries(
      ['x-user', 'x_user', 'x-groups', 'x-plan', 'x_plan', 'x-api-key', 'x-forwarded-for'].map(
        (name) => [name, valuesOf(service.request(), name)],
      ),
    )
  const nobody = {
    x_user: [],
    'x-plan': [],
    x_plan: [],
    'x-api-key': [],
    'x-forwarded-for': ['127.0.0.1'],
  }
  assert.equal((await ask('/', key('K1') + spoofed)).status, '200')
  assert.deepEqual(told(), { ...nobody, 'x-user': ['acme'], 'x-groups': ['partners'] })
  assert.equal((await ask('/', spoofed)).status, '200')
  assert.deepEqual(told(), { ...nobody, 'x-user': [], 'x-groups': [] })
})

test('defaults hold on every route, and false makes one public', async (t) => {
  const { port } = await startGateway(
    t,
    `${KNOWN}defaults: { auth: keys }
routes: [{ path: /a, respond: in }, { path: /open, respond: in, auth: false }]`,
  )
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  assert.equal(await status('/a'), 401)
  assert.equal(await status('/open'), 200)
  assert.equal(await status('/nowhere'), 404, 'what is not there asks for no credentials')
})
