/** How rounds become figures. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figuresOf, median, table, type Measured } from './report.ts'

const measured = (name: string, cpuUs: number[], failures: string[] = []): Measured => ({
  name,
  version: '1.0',
  features: 'none',
  rounds: cpuUs.map((cpuUsPerRequest) => ({
    requests: 1000,
    requestsPerSecond: 1e6 / cpuUsPerRequest,
    cpuUsPerRequest,
    p50Ms: 1,
    p99Ms: 2,
  })),
  peakRssMib: 10,
  failures,
})

test('a median is the middle value, or the mean of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 2, 10]), 3)
  assert.throws(() => median([]), /no values/)
})

test('the ratio compares what ran in the same round, so that a slow round spoils neither', () => {
  const figures = figuresOf(measured('a', [30, 90, 33]), measured('nginx', [20, 60, 30]))
  assert.equal(figures?.timesYardstick, 1.5)
  assert.equal(figures?.cpuUsPerRequest, 33)
})

test('without a yardstick to be believed there is no ratio', () => {
  assert.equal(figuresOf(measured('a', [30]), undefined)?.timesYardstick, undefined)
  const failed = measured('nginx', [20], ['socket errors'])
  assert.equal(figuresOf(measured('a', [30]), failed)?.timesYardstick, undefined)
})

test('one that failed shows its failure and no figure', () => {
  const text = table([measured('a', [30, 31], ['non-2xx']), measured('nginx', [20, 20])], 'nginx')
  const [, failed, good] = text.split('\n')
  assert.equal(failed, 'a 1.0      FAILED: non-2xx')
  assert.match(good ?? '', /^nginx 1\.0 +50000 +20\.0 +20\.0–20\.0 +1\.00 +1\.00 +2\.00 +10 +none$/)
})
