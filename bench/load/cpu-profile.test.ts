/** How samples become self times. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selfTimes, type CpuProfile } from './cpu-profile.ts'

const frame = (functionName: string, url = '', lineNumber = -1) => ({
  functionName,
  url,
  lineNumber,
})

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('parse', 'file:///gateway/parse.ts', 9) },
    { id: 3, callFrame: frame('parse', 'file:///gateway/parse.ts', 9) },
    { id: 4, callFrame: frame('', 'node:net', 0) },
  ],
  startTime: 1000,
  samples: [2, 1, 3, 4, 2],
  timeDeltas: [0, 10, 500, 20, 30],
}

const ALWAYS = { fromUs: 0, toUs: Infinity }

test('a function is one row wherever it was called from, and idle time is none', () => {
  assert.deepEqual(selfTimes([PROFILE], ALWAYS), [
    { name: 'parse', place: '/gateway/parse.ts:10', selfUs: 30 },
    { name: '(anonymous)', place: 'node:net:1', selfUs: 30 },
  ])
})

test('the threads of a process add up', () => {
  const [first] = selfTimes([PROFILE, PROFILE], ALWAYS)
  assert.equal(first?.selfUs, 60)
})

test('samples outside the span are left out', () => {
  assert.deepEqual(selfTimes([PROFILE], { fromUs: 1000, toUs: 1009 }), [
    { name: 'parse', place: '/gateway/parse.ts:10', selfUs: 10 },
  ])
})
