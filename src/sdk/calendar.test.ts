import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as check, constantFrom, integer, property } from 'fast-check'
import { Calendar } from './calendar.ts'

const span = (unit: 'day' | 'week' | 'month', zone: string, at: string): string[] => {
  const { startsAt, endsAt } = new Calendar(unit, zone).spanAt(Date.parse(at))
  return [startsAt, endsAt].map((time) => new Date(time).toISOString())
}

test('days, weeks and months begin where the zone’s clocks show midnight', () => {
  assert.deepEqual(span('day', 'UTC', '2026-02-28T23:59:59.999Z'), [
    '2026-02-28T00:00:00.000Z',
    '2026-03-01T00:00:00.000Z',
  ])
  assert.deepEqual(span('day', 'Asia/Kolkata', '2026-02-28T19:00:00Z'), [
    '2026-02-28T18:30:00.000Z',
    '2026-03-01T18:30:00.000Z',
  ])
  assert.deepEqual(span('week', 'UTC', '2026-11-22T12:00:00Z'), [
    '2026-11-16T00:00:00.000Z',
    '2026-11-23T00:00:00.000Z',
  ])
  assert.deepEqual(span('month', 'Europe/Berlin', '2026-12-31T23:30:00Z'), [
    '2026-12-31T23:00:00.000Z',
    '2027-01-31T23:00:00.000Z',
  ])
  assert.deepEqual(span('month', 'UTC', '2028-02-29T12:00:00Z'), [
    '2028-02-01T00:00:00.000Z',
    '2028-03-01T00:00:00.000Z',
  ])
})

test('a day is as long as the clocks make it', () => {
  assert.deepEqual(span('day', 'Europe/Berlin', '2026-03-29T10:00:00Z'), [
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ])
  assert.deepEqual(span('day', 'Europe/Berlin', '2026-10-25T10:00:00Z'), [
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
  ])
  // Where clocks skip midnight, the day begins an hour later.
  assert.deepEqual(span('day', 'Africa/Cairo', '2026-04-24T12:00:00Z'), [
    '2026-04-23T22:00:00.000Z',
    '2026-04-24T21:00:00.000Z',
  ])
})

test('whenever it is asked, the span holds the moment, and the next begins where it ends', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'Pacific/Apia',
  ]
  const of = property(
    integer({ min: 0, max: 4_000_000_000 }),
    constantFrom(...zones),
    constantFrom('day' as const, 'week' as const, 'month' as const),
    (seconds, zone, unit) => {
      const calendar = new Calendar(unit, zone)
      const now = seconds * 1_000
      const { startsAt, endsAt } = calendar.spanAt(now)
      assert.ok(startsAt <= now && now < endsAt)
      assert.equal(calendar.spanAt(endsAt).startsAt, endsAt)
      assert.equal(calendar.spanAt(startsAt - 1).endsAt, startsAt)
    },
  )
  check(of, { numRuns: 500, examples: [[2_734_954_200, 'Australia/Lord_Howe', 'month']] })
})

test('a zone that there is not is an error', () => {
  assert.throws(() => new Calendar('day', 'Mars/Olympus'), RangeError)
})
