import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { SlowStart } from './slow-start.ts'
import { UpTargets } from './up-targets.ts'

const CALLS = 20_000

interface Fake {
  readonly url: string
  readonly weight: number
  readonly tier: number
  readonly load: number
}

const target = (url: string, weight = 1): Fake => ({ url, weight, tier: 1, load: 0 })

function setUp(all: readonly Fake[], balance: 'random' | 'roundRobin' = 'random') {
  const clock = new FakeClock()
  const down = new Set<string>()
  const slowStart = new SlowStart<Fake>(30_000, () => clock.now())
  const watch = { now: () => clock.now(), isUp: ({ url }: Fake) => !down.has(url) }
  const up = new UpTargets(all, balance, watch, slowStart)
  const ex = exchangeFor()
  /** The share of calls that a target gets. */
  const shareOf = (url: string): number => {
    let count = 0
    for (let n = 0; n < CALLS; n++) if (up.pick(ex)!.url === url) count++
    return count / CALLS
  }
  return { clock, down, slowStart, up, ex, shareOf }
}

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 0.02, `${found} is not about ${expected}`)

for (const balance of ['random', 'roundRobin'] as const) {
  test(`${balance}: a target that came back gets a tenth of its share, then more, then all of it`, () => {
    const { clock, down, up, ex, shareOf } = setUp(
      ['a', 'b', 'c', 'd'].map((url) => target(url)),
      balance,
    )
    near(shareOf('a'), 0.25)
    down.add('a')
    near(shareOf('a'), 0)
    down.delete('a')
    up.pick(ex)
    near(shareOf('a'), 0.025)
    clock.advance(15_000)
    near(shareOf('a'), 0.125)
    clock.advance(15_000)
    near(shareOf('a'), 0.25)
  })
}

test('the share that it grows to is that of its weight, and the rest goes to the others by theirs', () => {
  const { slowStart, shareOf } = setUp([target('a', 2), target('b', 1), target('c', 1)])
  slowStart.begin(target('a'))
  near(shareOf('a'), 0.05)
  near(shareOf('b'), 0.475)
})

test('a target that is alone gets all, however new', () => {
  const { slowStart, shareOf } = setUp([target('a')])
  slowStart.begin(target('a'))
  near(shareOf('a'), 1)
})
