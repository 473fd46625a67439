import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callRulesOf } from '#config/call-rules'
import { service } from '#config/schema/services'
import { builtinFilters } from '#filters/index'
import { describeRules } from './describe-rules.ts'

const own = {
  ...service.parse({
    targets: 'http://127.0.0.1:1',
    concurrency: { max: 5, queue: 2 },
    hedge: { after: '1500ms' },
    timeout: { perTry: '250ms' },
  }),
  name: 'orders',
}

const linesFor = (said: Record<string, unknown>): string[] => {
  const features = Object.entries(said).map(
    ([name, setting]) => [name, { settings: [setting], from: ['route'] }] as const,
  )
  return describeRules('orders', callRulesOf(own, Object.fromEntries(features), builtinFilters))
}

const TIMEOUT =
  'call      orders  timeout: connect 5s, response 60s, perTry 250ms, idle 60s, total 0s'

test('each rule that holds has a line, whoever wrote it, with its units', () => {
  const said = { concurrency: { max: 2 }, retry: { on: ['connect', 503] } }
  assert.deepEqual(linesFor(said), [
    TIMEOUT,
    'call      orders  retry: attempts 2, on connect|503, budget 20%',
    'call      orders  concurrency: max 2, queue 2, timeout 1s',
    'call      orders  hedge: after 1500ms, budget 5%',
  ])
})

test('what is off has none', () => {
  const said = { concurrency: false, hedge: false, circuitBreaker: { errorRate: '2.5%' } }
  assert.deepEqual(linesFor(said), [
    TIMEOUT,
    'call      orders  retry: attempts 2, on connect, budget 20%',
    'call      orders  circuitBreaker: errorRate 2.5%, minRequests 20, open 10s',
  ])
})
