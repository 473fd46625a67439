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
      const pass = breaker.admit(now)
      if (pass === undefined) continue
      admitted++
      breaker.record(pass, isWell, now)
    }
    return admitted
  }
  const admits = (now: number): boolean => breaker.admit(now) !== undefined
  return { memory, breaker, calls, admits }
}

test('it opens when the share of failures is reached, and not before there were enough calls', () => {
  const { calls, admits } = setUp()
  assert.equal(calls(9, false, 20_000), 9)
  assert.equal(calls(1, false, 20_000), 1)
  assert.equal(admits(20_000), false)
})

test('whoever is refused is told when a call may be let through again', () => {
  const { breaker, calls } = setUp()
  calls(10, false, 20_000)
  assert.deepEqual(
    [20_000, 20_001, 24_100, 24_999, 30_000].map((now) => breaker.secondsShut(now)),
    [5, 5, 1, 1, 1],
  )
})

test('failures that are few, or long ago, or no doing of the service, do not open it', () => {
  const { calls, admits } = setUp()
  calls(60, true, 20_000)
  calls(40, false, 20_100)
  assert.equal(admits(20_100), true)
  assert.equal(calls(100, undefined, 20_200), 100)
  calls(9, false, 40_000)
  assert.equal(admits(40_000), true, 'the window is ten seconds')
})

test('after a while it lets one through, more as they go well, and all after ten', () => {
  const { breaker, calls, admits } = setUp()
  calls(10, false, 20_000)
  assert.equal(admits(24_999), false)
  for (let well = 0; well < 10; well++) {
    const passes: number[] = []
    for (let pass = breaker.admit(25_000); pass !== undefined; pass = breaker.admit(25_000))
      passes.push(pass)
    assert.equal(passes.length, well + 1)
    for (const [n, pass] of passes.entries()) breaker.record(pass, n === 0 || undefined, 25_000)
  }
  assert.equal(calls(100, true, 25_000), 100)
})

test('a probe that fails opens it again', () => {
  const { calls, admits } = setUp()
  calls(10, false, 20_000)
  assert.equal(calls(1, true, 25_000), 1)
  assert.equal(calls(1, false, 25_100), 1)
  assert.equal(admits(30_000), false)
  assert.equal(admits(30_100), true)
})

test('a call that began before the service was left alone is no probe, however it ends', () => {
  const { breaker, calls, admits } = setUp()
  const early = [1, 2, 3].map(() => breaker.admit(20_000)!)
  calls(10, false, 20_000)
  assert.equal(admits(25_000), true)
  for (const [n, pass] of early.entries()) breaker.record(pass, n === 0, 25_000)
  assert.equal(admits(25_000), false, 'one probe is under way, and none has gone well')
  assert.equal(admits(25_001), false)
})

test('a bucket whose emptier died is emptied by another', () => {
  const { memory, calls } = setUp()
  new Int32Array(memory, BREAKER_BYTES).fill(-1, 0, 30)
  assert.equal(calls(9, false, 20_000), 9)
})

test('probes that are never heard of do not keep it shut', () => {
  const { calls, admits } = setUp()
  calls(10, false, 20_000)
  assert.equal(admits(25_000), true)
  assert.equal(admits(29_000), false)
  admits(30_001)
  assert.equal(admits(30_002), true)
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
           for (let n = 0; n < 50000; n++) breaker.record(0, n % 2 === 0, 1000000 + (n % 5000))
         })`,
        { eval: true, workerData: { memory, rules, source }, execArgv: ['--conditions=source'] },
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
