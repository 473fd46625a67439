import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { RoundRobin } from './round-robin.ts'

const turnsOf = (weights: readonly number[], count: number): string[] => {
  const balancer = new RoundRobin(
    weights.map((weight, at) => ({ weight, url: String.fromCharCode(97 + at), load: 0 })),
  )
  return Array.from({ length: count }, () => balancer.pick()!.url)
}

test('turns are spread evenly', () => {
  assert.equal(turnsOf([3, 1], 8).join(''), 'aabaaaba')
  assert.equal(turnsOf([1, 1, 1], 6).join(''), 'abcabc')
  assert.equal(new RoundRobin([]).pick(), undefined)
})

test('over every whole round each has exactly its weight in turns', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 3 }), (given, rounds) => {
      const total = given.reduce((sum, weight) => sum + weight, 0)
      const turns = turnsOf(given, total * rounds)
      for (const [at, weight] of given.entries()) {
        const url = String.fromCharCode(97 + at)
        assert.equal(turns.filter((turn) => turn === url).length, weight * rounds)
      }
    }),
  )
})
