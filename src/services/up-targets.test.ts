import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { UpTargets } from './up-targets.ts'

function setUp(tiers: Record<string, number>) {
  const targets = Object.entries(tiers).map(([url, tier]) => ({ url, tier, weight: 1, load: 0 }))
  const down = new Set<string>()
  const up = new UpTargets(targets, 'roundRobin', {
    now: () => 0,
    isUp: ({ url }) => !down.has(url),
  })
  const asked = (): string =>
    [...new Set(Array.from({ length: 20 }, () => up.pick(exchangeFor())!.url))].toSorted().join('')
  return { down, asked }
}

test('a target that is down is not asked, and is again when it is back', () => {
  const { down, asked } = setUp({ a: 1, b: 1, c: 1 })
  assert.equal(asked(), 'abc')
  down.add('b')
  assert.equal(asked(), 'ac')
  down.clear()
  assert.equal(asked(), 'abc')
})

test('a later tier is asked when most of those before are down, and no longer', () => {
  const { down, asked } = setUp({ a: 1, b: 1, c: 2, d: 3 })
  down.add('a')
  assert.equal(asked(), 'b', 'half is enough')
  down.add('b')
  assert.equal(asked(), 'c')
  down.add('c')
  assert.equal(asked(), 'd')
  down.delete('a')
  assert.equal(asked(), 'a')
})

test('when most are down everywhere, all of the first tier are asked: it may be the checks that fail', () => {
  const { down, asked } = setUp({ a: 1, b: 1, c: 1, d: 2 })
  for (const url of 'abd') down.add(url)
  assert.equal(asked(), 'abc')
})
