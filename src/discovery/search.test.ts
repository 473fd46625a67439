import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { FakeClock } from '#base/clock'
import type { Located } from './locate.ts'
import { Search } from './search.ts'

const located = (urls: readonly string[], holdsMs: number, problems: string[] = []): Located => ({
  found: urls.map((url) => ({ url, authority: undefined, weight: 1, tier: 1, drain: false })),
  holdsMs,
  problems,
})

/** Until all that can happen now has happened. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n++) await setImmediate()
}

/** A search whose looks give what `next` says, and time that stands still until told. */
function setUp(t: TestContext, first: Located | Error) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const clock = new FakeClock()
  const looks: number[] = []
  const said: string[] = []
  const its = { next: first, changes: 0, wasWell: [] as boolean[] }
  const search = new Search({
    clock,
    async look(wasWell) {
      looks.push(clock.now())
      its.wasWell.push(wasWell)
      await setImmediate()
      if (its.next instanceof Error) throw its.next
      return its.next
    },
    onChange: () => its.changes++,
    say: (level, message, { cause = '' }) => said.push(`${level}: ${message} ${cause}`.trim()),
  })
  t.after(() => search.stop())
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50)
      t.mock.timers.tick(50)
      await settle()
    }
  }
  return { search, its, looks, said, pass, clock }
}

test('it looks again when the answer is stale, a little later each time, within bounds', async (t) => {
  const bounds = [
    { holdsMs: 10_000, least: 10_000, most: 11_100 },
    { holdsMs: 1, least: 1_000, most: 1_200 },
    { holdsMs: Infinity, least: 300_000, most: 330_100 },
  ]
  for (const { holdsMs, least, most } of bounds) {
    const { search, looks, pass } = setUp(t, located(['a'], holdsMs))
    await settle()
    await pass(most * 3)
    for (let n = 1; n < 3; n++) {
      const waited = looks[n]! - looks[n - 1]!
      assert.ok(waited >= least && waited <= most, `${waited} for ${holdsMs}`)
    }
    search.stop()
    t.mock.timers.reset()
  }
})

test('a source that waits itself is asked again at once, but not more often than each second', async (t) => {
  const { looks, pass } = setUp(t, located(['a'], 0))
  await settle()
  await pass(10_000)
  assert.ok(looks.length >= 9 && looks.length <= 11, String(looks.length))
})

test('after failures it looks again sooner, then later and later, and is told that it was not well', async (t) => {
  const { search, its, looks, pass } = setUp(t, new Error('down'))
  await settle()
  assert.equal(search.found, undefined)
  await pass(60_000)
  const waits = looks.slice(1).map((at, n) => at - looks[n]!)
  assert.ok(waits[0]! >= 200 && waits[0]! <= 550, String(waits))
  assert.ok(waits.at(-1)! >= 4_900 && waits.at(-1)! <= 10_100, String(waits))
  assert.deepEqual([its.wasWell[0], ...new Set(its.wasWell.slice(1))], [true, false])
  its.next = located(['a'], 1_000)
  await pass(25_000)
  assert.equal(its.wasWell.at(-1), true)
})

test('what was found last stays, its age grows, and each thing is said once', async (t) => {
  const { search, its, said, pass, clock } = setUp(t, located(['a'], 1_000, ['b is refused']))
  await settle()
  its.next = new Error('down')
  await pass(20_000)
  assert.deepEqual(
    search.found?.map(({ url }) => url),
    ['a'],
  )
  assert.ok(search.ageMs > 18_000 && search.failures > 2)
  its.next = located(['a'], 1_000, ['b is refused', 'c is refused'])
  await pass(20_000)
  assert.ok(search.ageMs < 1_300, `${search.ageMs} of ${clock.now()}`)
  assert.equal(its.changes, 1)
  assert.deepEqual(said, [
    'warn: not all targets can be used b is refused',
    'info: the targets changed',
    'warn: targets could not be looked up: those found last stay down',
    'info: targets can be looked up again',
    'warn: not all targets can be used c is refused',
  ])
})

test('one who wakes it while it looks is not forgotten; one who stops it hears no more', async (t) => {
  const { search, its, looks, pass } = setUp(t, located(['a'], 60_000))
  search.wake()
  await settle()
  await pass(50)
  assert.equal(looks.length, 2)
  search.wake()
  await pass(50)
  assert.equal(looks.length, 3)
  its.next = located(['b'], 60_000)
  search.wake()
  search.stop()
  await pass(200_000)
  assert.equal(looks.length, 3)
  assert.equal(its.changes, 1)
})
