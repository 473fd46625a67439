import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadKnown } from '#compile/plugins'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { defineConfig, type PortcullisConfig } from './define-config.ts'
import { loadConfig } from './load.ts'

test('what defineConfig lets pass, the schema lets pass', async (t) => {
  const config = defineConfig({
    listeners: {
      public: { port: 8080, trustedProxies: '10.0.0.0/8', limits: { headers: '8KiB' } },
    },
    services: { orders: { targets: ['http://127.0.0.1:1'], timeout: '5s' } },
    stores: { memory: { cache: '1GiB' }, small: { memory: { counters: '1MiB' } } },
    defaults: { limits: { body: '1MiB' } },
    stages: { live: { hosts: 'a.example' }, qa: { hosts: ['b.example'], pathPrefix: '/qa' } },
    apis: {
      orders: {
        versionBy: 'header:x-v',
        versions: {
          v1: { path: '/o', sunset: '2999-01-01', routes: [{ path: '/', respond: {} }] },
        },
      },
      v1: { path: '/v1', to: 'orders', routes: [{ path: '/{id}', methods: 'GET' }] },
    },
    routes: [
      {
        path: ['/a', '/b'],
        respond: { body: 'x' },
        limits: false,
        stages: { qa: { respond: 'y' } },
      },
      { match: { path: '/c', headers: { 'x-a': true } }, redirect: '/a' },
      {
        path: '/d',
        priority: 'high',
        to: {
          split: [
            { to: 'orders', weight: 95 },
            { to: 'http://127.0.0.1:2', when: 'headers["x-beta"] == "1"' },
          ],
          sticky: { key: ['ip', { cel: 'query.user' }], cookie: 'side', maxAge: '1d' },
        },
        mirror: { to: 'orders', share: '10%' },
        fallback: { respond: 'sorry', on: ['connect', 503] },
      },
    ],
    observe: { accessLog: false },
    overload: { maxLag: '200ms' },
    workers: 2,
  })
  const folder = await temporaryFolder(t, { 'p.json': JSON.stringify(config) })
  const loaded = await loadConfig(join(folder, 'p.json'), await loadKnown([]))
  assert.ok(loaded.ok, JSON.stringify(loaded))
})

test('what the schema refuses, the types refuse', () => {
  const wrong: PortcullisConfig[] = [
    // @ts-expect-error -- a listener wants a port
    { listeners: { a: {} } },
    // @ts-expect-error -- an unknown section
    { listne: 1 },
    // @ts-expect-error -- a text where a mapping is meant
    { routes: [{ path: '/a', limits: '5' }] },
    // @ts-expect-error -- an unknown feature
    { routes: [{ path: '/a', limit: false }] },
    // @ts-expect-error -- an unknown kind of store
    { stores: { shared: { rediss: 'x' } } },
    // @ts-expect-error -- an endpoint cannot be switched off
    { defaults: { to: false } },
  ]
  assert.equal(wrong.length, 6)
})
