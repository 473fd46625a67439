import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WeightedTurns } from './weighted-turns.ts'

const turnsOf = (weights: readonly number[], count: number): number[] => {
  const turns = new WeightedTurns(weights.map((weight, at) => ({ weight, at })))
  return Array.from({ length: count }, () => turns.next()!.at)
}

test('turns are spread evenly', () => {
  assert.deepEqual(turnsOf([3, 1], 8), [0, 0, 1, 0, 0, 0, 1, 0])
  assert.deepEqual(turnsOf([1, 1, 1], 6), [0, 1, 2, 0, 1, 2])
  assert.equal(new WeightedTurns([]).next(), undefined)
})

test('over every whole round each has exactly its weight in turns', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 3 }), (given, rounds) => {
      const total = given.reduce((sum, weight) => sum + weight, 0)
      const turns = turnsOf(given, total * rounds)
      for (const [at, weight] of given.entries())
        assert.equal(turns.filter((turn) => turn === at).length, weight * rounds)
    }),
  )
})
