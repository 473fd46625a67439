import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { BREAKER_BYTES, CircuitBreaker } from './circuit-breaker.ts'

const RULES = { errorRate: 0.5, minRequests: 10, open: 5_000 }

function setUp() {
  const memory = new SharedArrayBuffer(BREAKER_BYTES * 2)
  const breaker = new CircuitBreaker(RULES, memory, 1)
  const calls = (count: number, isWell: boolean | undefined, now: number): number => {
    let admitted = 0
    for (let n = 0; n < count; n++) {
      if (!breaker.admits(now)) continue
      admitted++
      breaker.record(isWell, now)
    }
    return admitted
  }
  return { memory, breaker, calls }
}

test('it opens when the share of failures is reached, and not before there were enough calls', () => {
  const { breaker, calls } = setUp()
  assert.equal(calls(9, false, 20_000), 9)
  assert.equal(breaker.admits(20_000), true)
  breaker.record(false, 20_000)
  assert.equal(breaker.admits(20_000), false)
})

test('failures that are few, or long ago, or no doing of the service, do not open it', () => {
  const { breaker, calls } = setUp()
  calls(60, true, 20_000)
  calls(40, false, 20_100)
  assert.equal(breaker.admits(20_100), true)
  assert.equal(calls(100, undefined, 20_200), 100)
  calls(9, false, 40_000)
  assert.equal(breaker.admits(40_000), true, 'the window is ten seconds')
})

test('after a while it lets one through, more as they go well, and all after ten', () => {
  const { breaker, calls } = setUp()
  calls(10, false, 20_000)
  assert.equal(breaker.admits(24_999), false)
  for (let well = 0; well < 10; well++) {
    let underWay = 0
    while (breaker.admits(25_000)) underWay++
    assert.equal(underWay, well + 1)
    breaker.record(true, 25_000)
    for (let n = 1; n < underWay; n++) breaker.record(undefined, 25_000)
  }
  assert.equal(calls(100, true, 25_000), 100)
})

test('a probe that fails opens it again', () => {
  const { breaker, calls } = setUp()
  calls(10, false, 20_000)
  assert.equal(calls(1, true, 25_000), 1)
  assert.equal(calls(1, false, 25_100), 1)
  assert.equal(breaker.admits(30_000), false)
  assert.equal(breaker.admits(30_100), true)
})

test('probes that are never heard of do not keep it shut', () => {
  const { breaker, calls } = setUp()
  calls(10, false, 20_000)
  assert.equal(breaker.admits(25_000), true)
  assert.equal(breaker.admits(29_000), false)
  breaker.admits(30_001)
  assert.equal(breaker.admits(30_002), true)
})

test('what several threads count is exact', async () => {
  const memory = new SharedArrayBuffer(BREAKER_BYTES)
  const rules = { errorRate: 1, minRequests: 1e9, open: 1 }
  const source = new URL('./circuit-breaker.ts', import.meta.url).href
  const workers = Array.from(
    { length: 3 },
    () =>
      new Worker(
        `const { workerData } = require('node:worker_threads')
         import(workerData.source).then(({ CircuitBreaker }) => {
           const breaker = new CircuitBreaker(workerData.rules, workerData.memory, 0)
           for (let n = 0; n < 50000; n++) breaker.record(n % 2 === 0, 1000000 + (n % 5000))
         })`,
        { eval: true, workerData: { memory, rules, source }, execArgv: [] },
      ),
  )
  await Promise.all(
    workers.map((worker) => new Promise((resolve) => void worker.on('exit', resolve))),
  )
  const words = new Int32Array(memory)
  let [calls, failures] = [0, 0]
  for (let at = 0; at < 30; at += 3) {
    calls += words[at + 1]!
    failures += words[at + 2]!
  }
  assert.deepEqual([calls, failures], [150_000, 75_000])
})
