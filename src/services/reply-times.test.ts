import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReplyTimes } from './reply-times.ts'

const times = (all: readonly number[]): ReplyTimes => {
  const known = new ReplyTimes()
  for (const ms of all) known.record(ms)
  return known
}

/** Of a hundred: 1 ms, 2 ms, … 100 ms. */
const EVEN = Array.from({ length: 100 }, (_, n) => n + 1)

test('nothing is said before twenty replies', () => {
  assert.equal(times(EVEN.slice(0, 19)).within(0.95), undefined)
  assert.notEqual(times(EVEN.slice(0, 20)).within(0.95), undefined)
})

test('a share of replies came sooner, to a fifth', () => {
  for (const share of [0.5, 0.9, 0.95, 0.99]) {
    const ms = times(EVEN).within(share)!
    assert.ok(ms >= share * 100 && ms <= share * 100 * 1.2, `${share} ${ms}`)
  }
})

test('times beyond all measure count as the longest and the shortest', () => {
  assert.equal(times(Array<number>(50).fill(0)).within(0.95), 1)
  assert.ok(times(Array<number>(50).fill(1e9)).within(0.95)! > 50_000)
})

test('what was long ago counts for less and less', () => {
  const known = times(Array<number>(900).fill(1_000))
  for (let n = 0; n < 10_000; n++) known.record(5)
  assert.ok(known.within(0.99)! < 7)
})
