import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TargetStates } from './target-states.ts'

const RULES = { after: 3, eject: 1_000, maxEjected: 0.5 }
const ALL = [0, 1, 2, 3]

function fail(states: TargetStates, slot: number, times: number, now: number): boolean {
  let isEjected = false
  for (let n = 0; n < times; n++) isEjected = states.failed(slot, ALL, RULES, now)
  return isEjected
}

test('failures in a row eject a target for a while; a success in between begins the row anew', () => {
  const states = new TargetStates()
  assert.equal(fail(states, 1, 2, 0), false)
  states.succeeded(1, RULES, 0)
  assert.equal(fail(states, 1, 2, 0), false)
  assert.equal(fail(states, 1, 1, 0), true)
  assert.equal(states.isUp(1, 999), false)
  assert.equal(states.isUp(1, 1_000), true)
  assert.equal(states.isUp(0, 0), true)
})

test('a reload that asks for fewer failures counts those there were', () => {
  const states = new TargetStates()
  fail(states, 0, 2, 0)
  assert.equal(states.failed(0, ALL, { ...RULES, after: 2 }, 0), true)
})

test('a target that fails again and again stays away longer each time, until it does well', () => {
  const states = new TargetStates()
  let now = 0
  for (const awayMs of [1_000, 2_000, 4_000]) {
    fail(states, 0, 3, now)
    assert.equal(states.isUp(0, now + awayMs - 1), false)
    now += awayMs
    assert.equal(states.isUp(0, now), true)
  }
  states.succeeded(0, RULES, now)
  fail(states, 0, 3, now)
  assert.equal(states.isUp(0, now + 1_000), true)
})

test('no more than the agreed share is ejected', () => {
  const states = new TargetStates()
  assert.deepEqual(
    ALL.map((slot) => fail(states, slot, 3, 0)),
    [true, true, false, false],
  )
  assert.equal(fail(states, 2, 3, 1_000), true, 'when others are back')
})

test('a check takes a target out and brings it back, and all who share the memory see it', () => {
  const states = new TargetStates()
  const worker = new TargetStates(states.memory)
  states.setChecked(2, false)
  assert.equal(worker.isUp(2, 0), false)
  states.setChecked(2, true)
  assert.equal(worker.isUp(2, 0), true)
  fail(worker, 2, 3, 0)
  assert.equal(states.isUp(2, 0), false)
  states.clear(2)
  assert.equal(worker.isUp(2, 0), true)
})

test('a target that checks took out and bring back is ejected no longer', () => {
  const states = new TargetStates()
  fail(states, 0, 3, 0)
  states.setChecked(0, false)
  states.setChecked(0, true)
  assert.equal(states.isUp(0, 0), true)
})

const SHARE = {
  after: 100,
  eject: 1_000,
  maxEjected: 0.5,
  share: { errorRate: 0.5, minRequests: 10 },
}

/** So many calls well and so many not, by turns; whether that ejected it. */
function mix(states: TargetStates, well: number, failed: number, now: number): boolean {
  let isEjected = false
  for (let n = 0; n < well; n++) states.succeeded(0, SHARE, now)
  for (let n = 0; n < failed; n++) isEjected = states.failed(0, ALL, SHARE, now)
  return isEjected
}

test('a share of failures ejects a target too, once there were enough calls', () => {
  const states = new TargetStates()
  assert.equal(mix(states, 0, 9, 20_000), false)
  assert.equal(mix(states, 10, 0, 20_500), false)
  assert.equal(mix(states, 0, 1, 21_000), true)
  assert.equal(states.isUp(0, 21_999), false)
})

test('what is longer ago than ten seconds does not count, and who is back is judged anew', () => {
  const states = new TargetStates()
  mix(states, 0, 9, 20_000)
  assert.equal(mix(states, 0, 1, 30_000), false)
  assert.equal(mix(states, 0, 9, 30_500), true)
  assert.equal(mix(states, 0, 9, 31_500), false, 'nine since it was ejected')
})

test('a success now and then does not save a target that mostly fails', () => {
  const states = new TargetStates()
  let isEjected = false
  for (let n = 0; n < 10 && !isEjected; n++) {
    states.succeeded(0, SHARE, 20_000)
    for (let m = 0; m < 3; m++) isEjected ||= states.failed(0, ALL, SHARE, 20_000)
  }
  assert.equal(isEjected, true)
})
