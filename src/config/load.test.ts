import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { complaintsOf, configOf, loadFiles } from '../../test/kit/config-files.ts'
import { FAKE_KNOWN } from '../../test/kit/fake-known.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { formatComplaint } from './complaint.ts'
import { loadConfig } from './load.ts'

test('four lines are a whole configuration', async (t) => {
  const { loaded, folder } = await loadFiles(t, {
    'p.yaml': 'listen: 8080\nroutes:\n  - path: /orders/**\n    to: http://127.0.0.1:3001\n',
  })
  assert.ok(loaded.ok)
  assert.deepEqual(JSON.parse(JSON.stringify(loaded.config)), {
    listeners: [
      {
        name: 'default',
        port: 8080,
        trustedProxies: [],
        halfClose: 'gone',
        protocols: ['http1'],
        limits: {
          headers: 32_768,
          fields: 200,
          target: 8_192,
          headerTimeout: 10_000,
          idleTimeout: 75_000,
          streams: 100,
          connections: 20_000,
        },
      },
    ],
    stages: [],
    authenticators: {},
    ownPaths: [],
    stores: { memory: { kind: 'memory', options: {} } },
    plans: [],
    unmatched: { '': {} },
    services: {
      'http://127.0.0.1:3001': {
        name: 'http://127.0.0.1:3001',
        targets: [{ url: 'http://127.0.0.1:3001', weight: 1, tier: 1, drain: false }],
        plaintext: false,
        balance: 'leastRequests',
        slowStart: 0,
        host: 'keep',
        timeout: { connect: 5_000, response: 60_000, perTry: 0, idle: 60_000, total: 0 },
        retry: { attempts: 2, on: ['connect'], budget: 0.2 },
        connections: { max: 1_000, idle: 100 },
      },
    },
    routes: [
      {
        name: '/orders/**',
        source: { file: join(folder, 'p.yaml'), line: 3, column: 5 },
        match: { paths: ['/orders/**'] },
        endpoint: { kind: 'to', options: 'http://127.0.0.1:3001', from: 'route' },
        features: {},
      },
    ],
    problems: {},
    admin: { port: 9901, host: '127.0.0.1', isDefault: true },
    observe: { accessLog: { to: 'stdout' }, metrics: { path: '/metrics' } },
    shutdown: { wait: 5_000, deadline: 30_000 },
    overload: { maxLag: 1_000 },
    workers: 'auto',
    data: join(folder, 'data'),
    plugins: [],
  })
  assert.deepEqual(loaded.warnings, [])
})

test('YAML, JSON and TypeScript say the same', async (t) => {
  const data = {
    listen: '[::1]:8080',
    routes: [{ path: ['/a', '/b'], methods: 'GET', headers: { request: { x: '1' } }, respond: {} }],
  }
  const text = JSON.stringify(data, undefined, 2)
  const files = { 'p.yaml': text, 'p.json': text, 'p.config.ts': `export default ${text} as const` }
  const folder = await temporaryFolder(t, files)
  const [first, ...others] = await Promise.all(
    Object.keys(files).map(async (name) => {
      const loaded = await loadConfig(join(folder, name), FAKE_KNOWN)
      assert.ok(loaded.ok, complaintsOf(loaded).join('\n'))
      return JSON.stringify({ ...loaded.config, routes: loaded.config.routes.map((r) => r.match) })
    }),
  )
  assert.match(first!, /"host":"::1","port":8080/)
  for (const other of others) assert.equal(other, first)
})

test('a TypeScript file must yield plain data, under the same schema', async (t) => {
  const text = `export default {
    listen: 8080, workers: Infinity, when: new Date(0), routes: [{ path: /a/, respond: () => 1 }, { path: '/b', too: 1 }],
  }`
  const { loaded, short } = await loadFiles(t, { 'p.config.ts': text })
  assert.deepEqual(complaintsOf(loaded, short).slice(0, 4), [
    'p.config.ts:1:1 workers: found Infinity, expected plain data',
    'p.config.ts:1:1 when: found an instance of Date, expected plain data',
    'p.config.ts:1:1 routes[0].path: found an instance of RegExp, expected plain data',
    'p.config.ts:1:1 routes[0].respond: found a function, expected plain data',
  ])
  assert.ok(
    complaintsOf(loaded, short).some((line) => /routes\[1\]\.too: .*did you mean "to"/.test(line)),
  )
})

test('a TypeScript file that fails, or exports nothing, is a complaint', async (t) => {
  const thrown = await loadFiles(t, { 'a.ts': 'throw new Error("no")' })
  assert.deepEqual(complaintsOf(thrown.loaded, thrown.short), [
    'a.ts:1:1 the file could not be evaluated: Error: no',
  ])
  const silent = await loadFiles(t, { 'b.ts': 'export const a = 1' })
  assert.match(complaintsOf(silent.loaded)[0]!, /found no default export/)
})

test('routes of an API go on from its path, and inherit from it', async (t) => {
  const { routes } = await configOf(t, {
    'p.yaml': `
listen: 8080
services: { orders: { targets: unix:/run/a.sock, timeout: 2s } }
defaults: { rateLimit: 100/s, headers: { request: { a: "1", b: "1" } } }
apis:
  orders:
    title: Orders
    version: v1
    path: /v1/orders/
    to: orders
    cache: 30s
    rateLimit: [50/s, 60/s]
    routes:
      - path: /
      - { path: "/{id}", methods: [GET], cache: false, headers: { response: { c: "1" } } }
      - { path: /**, rateLimit: false, websocket: false, respond: {} }
`,
  })
  assert.deepEqual(
    routes.map(({ name, endpoint }) => [name, endpoint.kind, endpoint.from]),
    [
      ['/v1/orders', 'to', 'api orders'],
      ['GET /v1/orders/{id}', 'to', 'api orders'],
      ['/v1/orders/**', 'respond', 'route'],
    ],
  )
  const [plain, one, rest] = routes
  assert.deepEqual(plain!.api, { name: 'orders', title: 'Orders', version: 'v1' })
  assert.deepEqual(plain!.features, {
    cache: { settings: ['30s'], from: ['api orders'] },
    headers: { settings: [{ request: { a: '1', b: '1' } }], from: ['defaults'] },
    rateLimit: { settings: ['100/s', ['50/s', '60/s']], from: ['defaults', 'api orders'] },
  })
  assert.deepEqual(Object.keys(one!.features), ['headers', 'rateLimit'])
  assert.deepEqual(one!.features['headers'], {
    settings: [{ request: { a: '1', b: '1' } }, { response: { c: '1' } }],
    from: ['defaults', 'route'],
  })
  assert.deepEqual(rest!.features['websocket'], { settings: [false], from: ['route'] })
  assert.equal(rest!.features['rateLimit'], undefined)
})

test('beside the short form, headers is the feature; in the long form, a condition', async (t) => {
  const { routes } = await configOf(t, {
    'p.yaml': `
listen: 8080
routes:
  - { path: /a, headers: { request: { x: "1" } }, respond: {} }
  - { match: { path: /a, headers: { X-A: true, b: { regex: "1+" } }, query: { q: "1" } }, respond: {} }
`,
  })
  assert.equal(routes[0]!.match.headers, undefined)
  assert.deepEqual(routes[1]!.match.headers, { 'x-a': true, b: { regex: '1+' } })
  assert.deepEqual(
    routes.map(({ name }) => name),
    ['/a', '/a #2'],
  )
})

test('warns of a service that nobody uses and of a protection that is lost', async (t) => {
  const { loaded, short } = await loadFiles(t, {
    'p.yaml': `listen: 8080
services: { a: { targets: http://a }, b: { targets: http://b } }
defaults: { rateLimit: 1/s }
routes: [{ path: /a, to: a, rateLimit: false }]`,
  })
  assert.ok(loaded.ok)
  assert.deepEqual(
    loaded.warnings.map((warning) => short(formatComplaint(warning))),
    [
      'p.yaml:2:39 services.b: no route uses this service',
      'p.yaml:4:40 routes[0].rateLimit: the protection of defaults does not hold from here inwards',
    ],
  )
})
