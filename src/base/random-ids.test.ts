import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomHex } from './random-ids.ts'

test('an id has two lower-case hex digits for each byte', () => {
  for (const bytes of [1, 8, 16, 64]) {
    assert.match(randomHex(bytes), new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
  }
})

test('no id comes twice, also when the pool behind them is filled anew', () => {
  const ids = Array.from({ length: 5_000 }, (_, n) => randomHex(n % 7 === 0 ? 13 : 16))
  assert.equal(new Set(ids).size, ids.length)
})
