import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseDuration } from './duration.ts'

test('each unit is so many milliseconds', () => {
  const known = { '250ms': 250, '5s': 5_000, '2m': 120_000, '1h': 3_600_000, '7d': 604_800_000 }
  for (const [text, ms] of Object.entries(known)) assert.equal(parseDuration(text), ms)
})

test('a fraction is exact where milliseconds can say it, and never rounds down to none', () => {
  assert.equal(parseDuration('1.5s'), 1_500)
  assert.equal(parseDuration('0.0001ms'), 1)
  assert.equal(parseDuration('0s'), 0)
  fc.assert(
    fc.property(fc.nat(1_000_000), (ms) => {
      assert.equal(
        parseDuration(`${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, '0')}s`),
        ms,
      )
    }),
  )
})

test('without its unit, signed, spaced or beyond what a number holds it is no duration', () => {
  for (const text of [
    '',
    '5',
    's',
    '-1s',
    '+1s',
    '5 s',
    ' 5s',
    '5s ',
    '5S',
    '.5s',
    '1.s',
    '1e3s',
    '9'.repeat(20) + 'd',
  ]) {
    assert.equal(parseDuration(text), undefined, text)
  }
})
