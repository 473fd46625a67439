import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AT, COUNTERS, Counters, GAUGES, LATENCY_BUCKETS_MS } from './counters.ts'

const FAULTS = ['ONE', 'TWO']

function nonZero(counters: Counters): string[] {
  return Object.entries(AT).flatMap(([name, at]) => (counters.get(at) === 0 ? [] : [name]))
}

function latencies(counters: Counters): number[] {
  return Array.from({ length: LATENCY_BUCKETS_MS.length + 1 }, (_, bucket) =>
    counters.latency(bucket),
  )
}

test('each number has a place of its own', () => {
  const places = Object.values(AT)
  assert.equal(places.length, Object.keys(COUNTERS).length + Object.keys(GAUGES).length)
  assert.equal(new Set(places).size, places.length)
})

test('a status counts in its class and nowhere else', () => {
  for (const [status, name] of [
    [101, 'status1xx'],
    [204, 'status2xx'],
    [304, 'status3xx'],
    [404, 'status4xx'],
    [499, 'status4xx'],
    [503, 'status5xx'],
  ] as const) {
    const counters = new Counters(FAULTS)
    counters.addStatus(status)
    assert.deepEqual(nonZero(counters), [name])
    assert.equal(counters.get(AT[name]), 1)
  }
})

test('a status that a service made up counts as 5xx, and no reply as none', () => {
  const counters = new Counters(FAULTS)
  counters.addStatus(999)
  counters.addStatus(600)
  assert.deepEqual([nonZero(counters), counters.get(AT.status5xx)], [['status5xx'], 2])
  const untouched = new Counters(FAULTS)
  untouched.addStatus(0)
  assert.deepEqual(nonZero(untouched), [])
})

test('a duration falls into the bucket whose bound it does not exceed', () => {
  for (const [bucket, bound] of LATENCY_BUCKETS_MS.entries()) {
    const counters = new Counters(FAULTS)
    counters.addDuration(bound)
    counters.addDuration(bound + 0.25)
    const expected = Array.from({ length: LATENCY_BUCKETS_MS.length + 1 }, (_, n) =>
      Number(n === bucket || n === bucket + 1),
    )
    assert.deepEqual(latencies(counters), expected)
    assert.equal(counters.get(AT.durationMs), bound * 2 + 0.25)
  }
})

test('faults are counted by their code; one that is not known touches nothing', () => {
  const counters = new Counters(FAULTS)
  counters.addFault('TWO')
  counters.addFault('UNKNOWN')
  assert.deepEqual([counters.fault('ONE'), counters.fault('TWO')], [0, 1])
  assert.deepEqual(latencies(counters), latencies(new Counters(FAULTS)))
})

test('what one writes in shared memory another reads, and sums add up every number', () => {
  const memory = Counters.memory(FAULTS)
  const writer = new Counters(FAULTS, memory)
  writer.add(AT.exchanges, 3)
  writer.add(AT.exchanges, -1)
  writer.addFault('ONE')
  writer.addDuration(20_000)
  const sum = new Counters(FAULTS)
  sum.addAll(new Counters(FAULTS, memory))
  sum.addAll(writer)
  assert.deepEqual([sum.get(AT.exchanges), sum.fault('ONE')], [4, 2])
  assert.equal(sum.latency(LATENCY_BUCKETS_MS.length), 2)
})
