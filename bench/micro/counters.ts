/** What a decision costs in the memory store: one rule, three at once, a million keys. */

import { systemClock } from '#base/clock'
import type { Rate } from '#sdk/store'
import { SharedCounters } from '#stores/memory/counters'
import { nanoseconds } from './nanoseconds.ts'

const shared = new SharedArrayBuffer(64 * 2 ** 20)
const counters = new SharedCounters(shared, systemClock, 0)
const rate: Rate = { algorithm: 'gcra', limit: 1_000_000, periodMs: 60_000, burst: 1_000_000 }
const hour: Rate = { algorithm: 'fixedWindow', limit: 1e9, periodMs: 3_600_000 }
const keys = Array.from({ length: 1_000 }, (_, n) => `ip 192.0.2.${n}`)

nanoseconds('one rule', (n) => counters.consume([{ key: keys[n % 1_000]!, rate, cost: 1 }]))
nanoseconds('three rules at once', (n) => {
  const key = keys[n % 1_000]!
  return counters.consume([
    { key, rate, cost: 1 },
    { key, rate: hour, cost: 1 },
    { key: `${key} route`, rate, cost: 1 },
  ])
})

for (let n = 0; n < 1_000_000; n++) counters.consume([{ key: `key ${n}`, rate: hour, cost: 1 }])
let kept = 0
for (let n = 0; n < 1_000_000; n++) {
  const [standing] = counters.consume([{ key: `key ${n}`, rate: hour, cost: 0 }])
  if (standing!.remaining === 1e9 - 1) kept++
}
console.log(`of a million keys in 64 MiB, ${kept} are kept`)
nanoseconds('one rule among a million keys', (n) =>
  counters.consume([{ key: `key ${(n * 7_919) % 1_000_000}`, rate: hour, cost: 1 }]),
)
