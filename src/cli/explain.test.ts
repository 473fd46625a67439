import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { commandLine } from '../../test/kit/command-line.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const FILE = `listeners: { public: { port: 8080 }, internal: { port: 8081 } }
defaults:
  headers: { request: { x-key: "\${env:KEY}" } }
apis:
  orders:
    title: Orders
    version: v1
    path: /v1/orders
    cache: 30s
    routes:
      - path: "/{id}"
        rateLimit: 5/s
        respond: { body: "\${env:KEY}" }
      - { path: "/{id}", methods: [DELETE], cache: false, respond: {} }
routes:
  - { match: { path: /tools, listener: internal, headers: { x-beta: true } }, respond: {} }
`

const explain = async (t: TestContext, ...args: string[]) =>
  commandLine(await temporaryFolder(t, { 'portcullis.yaml': FILE }), ['explain', ...args], {
    KEY: 'top-secret',
  })

test('says which route, which features in the order they run, from where, and why others lost', async (t) => {
  const { code, out } = await explain(t, 'GET', 'https://a.example/v1/./orders/%34%2f?q=1')
  assert.equal(code, 0)
  assert.deepEqual(out.split('\n'), [
    'listener  public',
    'host      a.example',
    'path      /v1/orders/4%2f?q=1',
    'route     /v1/orders/{id}  portcullis.yaml:11',
    'api       orders, v1, Orders',
    'param     id = "4/"',
    'feature   rateLimit "5/s"  from route, portcullis.yaml:12',
    'feature   cache "30s"  from api orders, portcullis.yaml:9',
    'feature   headers {"request":{"x-key":"${env:KEY}"}}  from defaults, portcullis.yaml:3',
    'endpoint  respond {"body":"${env:KEY}"}  from route, portcullis.yaml:13',
    'lost      DELETE /v1/orders/{id} (/v1/orders/{id}): method GET not in DELETE',
  ])
})

test('says where targets are looked for that are not written down', async (t) => {
  const text =
    'listen: 8080\nservices:\n  users: { discover: { dns: "${env:KEY}.internal", port: 3000 } }\n' +
    '  orders: { discover: { consul: { service: orders } } }\n  local: { targets: http://127.0.0.1:3000 }\n' +
    'routes: [{ path: /u, to: users }, { path: /o, to: orders }, { path: /l, to: local }]\n'
  const folder = await temporaryFolder(t, { 'portcullis.yaml': text })
  const servicesOf = async (path: string) => {
    const { out } = await commandLine(folder, ['explain', 'GET', path], { KEY: 'top-secret' })
    return out.split('\n').filter((line) => line.startsWith('service'))
  }
  assert.deepEqual(await servicesOf('/u'), [
    'service   users  discover dns ${env:KEY}.internal:3000',
  ])
  assert.deepEqual(await servicesOf('/o'), ['service   orders  discover consul orders'])
  assert.deepEqual(await servicesOf('/l'), [])
})

test('never shows what a secret holds', async (t) => {
  const { out, err } = await explain(t, 'GET', '/v1/orders/1')
  assert.doesNotMatch(out + err, /top-secret/)
  assert.match(out, /\$\{env:KEY\}/)
})

test('sees listener, header fields and the host they name', async (t) => {
  const asked = 'GET /tools --header=host:t.example:80 --header=X-Beta:1 --listener internal'
  const found = await explain(t, ...asked.split(' '))
  assert.match(found.out, /^listener {2}internal\nhost {6}t\.example\n.*\nroute {5}\/tools /)
  const lost = await explain(t, 'GET', '/tools', '-H', 'X-Beta: 1')
  assert.match(
    lost.out,
    /route {5}none: ROUTE_NOT_FOUND\nlost {6}\/tools: listener public not in internal/,
  )
})

test('says what a request without a route gets', async (t) => {
  const text = 'listen: 8080\nroutes: [{ path: /a, methods: [GET, PUT], respond: {} }]'
  const folder = await temporaryFolder(t, { 'portcullis.yaml': text })
  const { out } = await commandLine(folder, ['explain', 'POST', '/a'])
  assert.match(out, /route {5}none: METHOD_NOT_ALLOWED, Allow: GET, HEAD, PUT\n/)
})

const WRONG = [
  [['GET', '/a/../../b'], /ambiguous or malformed path: it gets 400/],
  [['GET', 'http://a b/'], /is not a host: it gets 400/],
  [['GET', '/', '-H', 'novalue'], /expected "name: value"/],
  [['GET', '/', '--listener', 'x'], /there is no listener x; there are public, internal/],
] as const

for (const [args, message] of WRONG) {
  test(`"explain ${args.join(' ')}" is told what is wrong`, async (t) => {
    const { code, err } = await explain(t, ...args)
    assert.equal(code, 2)
    assert.match(err, message)
  })
}
