/** `npm run fuzz -- --seconds 600 --seed N`: compares until the time is up; prints what makes a difference again. */

import { parseArgs } from 'node:util'
import { BATCH, differenceOfBatch } from './http1.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
})
const first = Number(values.seed ?? Date.now() % 1_000_000_000)
const seconds = Number(values.seconds)
const endsAt = performance.now() + seconds * 1_000
let seed = first
let found = await differenceOfBatch(seed)
while (found === undefined && performance.now() < endsAt) {
  seed += BATCH
  found = await differenceOfBatch(seed)
}

if (found === undefined) {
  console.log(`${seed + BATCH - first} streams from seed ${first} on: no difference.`)
} else {
  console.log(`A ${found.kind} is read in two ways: ${found.why}\n${JSON.stringify(found.text)}`)
  console.log(`Again: npm run fuzz -- --seconds 0 --seed ${found.seed}`)
  process.exitCode = 1
}
