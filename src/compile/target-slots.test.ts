import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_TARGETS, TargetStates } from '#services/target-states'
import { type TargetLists, TargetSlots } from './target-slots.ts'

const lists = (all: Record<string, string[]>): TargetLists =>
  Object.fromEntries(
    Object.entries(all).map(([name, urls]) => [
      name,
      urls.map((url) => ({ url, weight: 1, tier: 1 })),
    ]),
  )

const many = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `t${from + n}`)

function setUp() {
  const states = new TargetStates()
  const slots = new TargetSlots(states)
  const slotsOf = (all: Record<string, string[]>): number[] =>
    Object.values(slots.assign(lists(all))).flatMap((targets) =>
      (targets ?? []).map(({ slot }) => slot),
    )
  const keep = (all: Record<string, string[]>): void => slots.keep(lists(all))
  return { states, slotsOf, keep }
}

test('a target keeps its slot for as long as it is there; each target has its own', () => {
  const { slotsOf, keep } = setUp()
  const [ax, ay, bx] = slotsOf({ a: ['x', 'y'], b: ['x'] })
  assert.equal(new Set([ax, ay, bx]).size, 3)
  keep({ a: ['x', 'y'], b: ['x'] })
  const after = slotsOf({ b: ['x'], a: ['y', 'z'] })
  assert.deepEqual(after.slice(0, 2), [bx, ay])
})

test('a slot that was given up is the last to be used again, and clean then', () => {
  const { states, slotsOf, keep } = setUp()
  const [x] = slotsOf({ a: ['x'] })
  keep({ a: ['x'] })
  states.setChecked(x!, false)
  keep({ a: [] })
  assert.ok(!slotsOf({ a: many(0, MAX_TARGETS - 1) }).includes(x!))
  assert.deepEqual(slotsOf({ a: ['late'] }), [x])
  assert.equal(states.isUp(x!, 0), true)
})

test('there is a slot for whatever comes, however often targets change; not for too many at once', () => {
  const { slotsOf, keep } = setUp()
  for (let n = 0; n < 10; n++) {
    const these = { a: many(n * 3_000, 3_000) }
    assert.equal(new Set(slotsOf(these)).size, 3_000)
    keep(these)
  }
  assert.throws(() => slotsOf({ b: many(0, MAX_TARGETS) }), /more than 8192 targets/)
})
