import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as check, integer, pre, property } from 'fast-check'
import { WeightedSides } from './split.ts'

const KEYS = Array.from({ length: 40_000 }, (_, n) => `person ${n}`)

type Weights = Readonly<Record<string, number>>

/** The side of each key, by name. */
function sidesOf(weights: Weights, salt = 'route', keys: readonly string[] = KEYS): string[] {
  const names = Object.keys(weights)
  const sides = new WeightedSides(
    names.map((to) => ({ to, weight: weights[to]! })),
    salt,
  )
  return keys.map((key) => names[sides.of(key)]!)
}

function shareOf(sides: readonly (string | undefined)[], name: string): number {
  return sides.filter((side) => side === name).length / sides.length
}

function assertNear(share: number, expected: number, off = 0.008): void {
  assert.ok(Math.abs(share - expected) < off, `${share} is not about ${expected}`)
}

test('each side has its share of keys', () => {
  const sides = sidesOf({ old: 95, next: 5 })
  assertNear(shareOf(sides, 'old'), 0.95)
  const three = sidesOf({ a: 1, b: 2, c: 7 })
  for (const [name, share] of [
    ['a', 0.1],
    ['b', 0.2],
    ['c', 0.7],
  ] as const)
    assertNear(shareOf(three, name), share)
})

test('from 95/5 to 90/10 the five percent move that must, and all of them one way', () => {
  const before = sidesOf({ old: 95, next: 5 })
  const after = sidesOf({ old: 90, next: 10 })
  const moved = before.flatMap((side, at) =>
    side === after[at] ? [] : [`${side} to ${after[at]}`],
  )
  assert.deepEqual([...new Set(moved)], ['old to next'])
  assertNear(moved.length / KEYS.length, 0.05)
})

test('a service that is added takes its share from the others alone', () => {
  const before = sidesOf({ a: 60, b: 40 })
  const after = sidesOf({ a: 60, b: 40, c: 25 })
  assert.ok(before.every((side, at) => after[at] === side || after[at] === 'c'))
  assertNear(shareOf(after, 'c'), 0.2)
})

test('the order of the services and the size of their numbers mean nothing', () => {
  const sides = sidesOf({ a: 60, b: 30, c: 10 })
  assert.deepEqual(sidesOf({ c: 1, b: 3, a: 6 }), sides)
})

const named = (weights: readonly number[]) =>
  Object.fromEntries(['a', 'b', 'c', 'd'].map((name, at) => [name, weights[at]!]))

test('no key moves to a service whose share did not grow beside that of its own', () => {
  const weights = array(integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 })
  const keys = KEYS.slice(0, 300)
  check(
    property(weights, weights, (first, second) => {
      pre(first.some((weight) => weight > 0) && second.some((weight) => weight > 0))
      const [was, is] = [named(first), named(second)]
      const [before, after] = [sidesOf(was, 'r', keys), sidesOf(is, 'r', keys)]
      for (const [at, side] of before.entries()) {
        const now = after[at]!
        assert.ok(is[now]! > 0)
        if (now !== side) assert.ok(is[now]! * was[side]! > is[side]! * was[now]!)
      }
    }),
    { numRuns: 200 },
  )
})

test('who is first on one route is not first on another', () => {
  const orders = sidesOf({ old: 90, next: 10 }, 'orders')
  const users = sidesOf({ old: 90, next: 10 }, 'users')
  const both = orders.filter((side, at) => side === 'next' && users[at] === 'next')
  assertNear(both.length / KEYS.length, 0.01)
})

test('without a key the weights alone decide', () => {
  const sides = new WeightedSides(
    [
      { to: 'old', weight: 3 },
      { to: 'next', weight: 1 },
      { to: 'none', weight: 0 },
    ],
    'r',
  )
  const drawn = Array.from({ length: 40_000 }, () => sides.of(undefined))
  assertNear(drawn.filter((side) => side === 1).length / drawn.length, 0.25, 0.015)
  assert.ok(!drawn.includes(2))
})
