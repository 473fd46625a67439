import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteConfig, ServiceConfig } from '#config/config'
import { service } from '#config/schema/services'
import { builtinEndpoints } from '#endpoints/index'
import { builtinFilters } from '#filters/index'
import { createCallStates } from '#services/call-states'
import { CallSlots } from './call-slots.ts'

const KNOWN = {
  filters: builtinFilters,
  endpoints: builtinEndpoints,
  stores: [],
  authenticators: [],
}
const BREAKER = {
  ...service.parse({ targets: 'http://127.0.0.1:1', circuitBreaker: {} }),
  name: 'a',
}

const route = (to: string, features: object = {}, stage?: string): RouteConfig => ({
  name: 'r',
  source: { file: '', line: 1, column: 1 },
  stage,
  match: { paths: ['/'] },
  endpoint: { kind: 'to', options: to, from: 'route' },
  features: Object.fromEntries(
    Object.entries(features).map(([name, setting]) => [name, { settings: [setting], from: [] }]),
  ),
})

/** How many breakers there are. */
function breakers(services: Record<string, ServiceConfig>, routes: RouteConfig[]): number {
  const assignment = new CallSlots(createCallStates(1))
  const calls = assignment.assign({ services, routes, authenticators: {} }, KNOWN)
  assert.equal(new Set(Object.values(calls)).size, Object.keys(calls).length)
  return Object.keys(calls).filter((key) => key.startsWith('breaker')).length
}

test('routes that say the same of a service share its breaker, however else they differ', () => {
  const routes = [route('s'), route('s', { timeout: '1s' }), route('s', { retry: false })]
  assert.equal(breakers({ s: BREAKER }, routes), 1)
})

test('a route with rules of its own has a breaker of its own, and one that wants none has none', () => {
  const routes = [route('s', { circuitBreaker: false })]
  assert.equal(breakers({ s: BREAKER }, routes), 0)
  routes.push(route('s'), route('s', { circuitBreaker: { errorRate: '10%' } }))
  assert.equal(breakers({ s: BREAKER }, routes), 2)
})

test('each service, and each stage, has its own', () => {
  const routes = [route('a'), route('b'), route('a', {}, 'qa')]
  assert.equal(breakers({ a: BREAKER, b: { ...BREAKER, name: 'b' } }, routes), 3)
})

test('places stay while the configuration names them', () => {
  const assignment = new CallSlots(createCallStates(1))
  const first = { authenticators: {}, services: { a: BREAKER }, routes: [route('a')] }
  const before = assignment.assign(first, KNOWN)
  assignment.keep(before)
  const second = {
    authenticators: {},
    services: { b: BREAKER, a: BREAKER },
    routes: [route('b'), route('a')],
  }
  const after = assignment.assign(second, KNOWN)
  for (const [key, slot] of Object.entries(before)) assert.equal(after[key], slot)
})
