import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hint, nearest } from './nearest.ts'

const NAMES = ['path', 'methods', 'host', 'to', 'rateLimit', 'respond', 'rewrite']

const CASES = [
  ['pth', 'path'],
  ['apth', 'path'],
  ['ratelimit', 'rateLimit'],
  ['mehtosd', 'methods'],
  ['too', 'to'],
  ['resp', 'respond'],
  ['auth', undefined],
  ['x', undefined],
  ['cache', undefined],
  ['', undefined],
] as const

for (const [written, meant] of CASES) {
  test(`"${written}" ${meant ? `probably means "${meant}"` : 'is like no name'}`, () => {
    assert.equal(nearest(written, NAMES), meant)
  })
}

test('the nearer of two wins, whatever their order', () => {
  assert.equal(nearest('rewrit', ['rewrote', 'rewrite']), 'rewrite')
  assert.equal(nearest('rewrit', ['rewrite', 'rewrote']), 'rewrite')
})

test('a hint is a question, or nothing', () => {
  assert.equal(hint('hots', NAMES), '; did you mean "host"?')
  assert.equal(hint('zzz', NAMES), '')
})
