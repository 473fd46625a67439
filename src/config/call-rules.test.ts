import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtinEndpoints } from '#endpoints/index'
import { builtinFilters } from '#filters/index'
import { builtinStores } from '#stores/index'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { callRulesOf } from './call-rules.ts'
import type { FeatureConfig, ServiceConfig } from './config.ts'
import { loadConfig } from './load.ts'
import { service } from './schema/services.ts'

const serviceOf = (more: object = {}): ServiceConfig => ({
  ...service.parse({ targets: 'http://127.0.0.1:1', ...more }),
  name: 'a',
})

/** What holds when `defaults`, then the route, say this of a feature. */
const rulesOf = (own: ServiceConfig, features: Record<string, readonly unknown[]>) =>
  callRulesOf(
    own,
    Object.fromEntries(
      Object.entries(features).map(([name, settings]): [string, FeatureConfig] => [
        name,
        { settings, from: [] },
      ]),
    ),
    builtinFilters,
  )

test('where a route says nothing the service’s own rules hold', () => {
  const own = serviceOf({ timeout: '3s', circuitBreaker: {} })
  const { timeout, retry, circuitBreaker } = own
  const none = { concurrency: undefined, hedge: undefined, fallback: undefined, mirror: undefined }
  assert.deepEqual(rulesOf(own, {}), { timeout, retry, circuitBreaker, ...none })
})

test('a route’s members go over the service’s, the nearest winning each', () => {
  const own = serviceOf({ timeout: { connect: '1s' }, retry: { attempts: 5, budget: '10%' } })
  const { timeout, retry } = rulesOf(own, {
    timeout: [{ response: '2s', idle: '9s' }, { response: '7s' }],
    retry: [{ attempts: 3 }],
  })
  assert.deepEqual(timeout, { connect: 1_000, response: 7_000, perTry: 0, idle: 9_000, total: 0 })
  assert.deepEqual(retry, { attempts: 3, on: ['connect'], budget: 0.1 })
})

test('a breaker that only the route asks for has the members that it leaves out', () => {
  assert.deepEqual(rulesOf(serviceOf(), { circuitBreaker: [{ open: '1s' }] }).circuitBreaker, {
    errorRate: 0.5,
    minRequests: 20,
    open: 1_000,
  })
})

test('false switches off what the service or an outer layer says, and an inner one may switch it on again', () => {
  const own = serviceOf({ circuitBreaker: {}, retry: { attempts: 4 } })
  const off = rulesOf(own, { circuitBreaker: [{ open: '1s' }, false], retry: [false] })
  assert.equal(off.circuitBreaker, undefined)
  assert.equal(off.retry.attempts, 1)
  assert.equal(rulesOf(own, { retry: [false, { attempts: 2 }] }).retry.attempts, 2)
})

const queueAlone = (own: string): string =>
  `listen: 8080\nservices: { s: { targets: "http://127.0.0.1:1"${own} } }\n` +
  'routes: [{ path: /a, to: s, concurrency: { queue: 5 } }]\n'

test('a bound without a number is none, wherever the rest of it stands', async (t) => {
  const folder = await temporaryFolder(t, {
    'none.yaml': queueAlone(''),
    'own.yaml': queueAlone(', concurrency: { max: 3 }'),
  })
  const known = {
    filters: builtinFilters,
    endpoints: builtinEndpoints,
    stores: builtinStores,
    authenticators: [],
  }
  const refused = await loadConfig(`${folder}/none.yaml`, known)
  assert.ok(!refused.ok)
  assert.deepEqual(
    refused.complaints.map(({ line, column, message }) => [line, column, message]),
    [[3, 42, 'found no max, expected it here or on the service s']],
  )
  assert.ok((await loadConfig(`${folder}/own.yaml`, known)).ok)
})
