/** `npm run fuzz -- --seconds 600 --seed N`: compares until the time is up; prints what makes a difference again. `--http2`: converses. */

import { parseArgs } from 'node:util'
import { BATCH, differenceOfBatch } from './http1.ts'
import { converse } from './http2.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    http2: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed ?? Date.now() % 1_000_000_000)
const seconds = Number(values.seconds)
const endsAt = performance.now() + seconds * 1_000
if (values.http2) await converseOn()
else await compareOn()

async function compareOn(): Promise<void> {
  let seed = first
  let found = await differenceOfBatch(seed)
  while (found === undefined && performance.now() < endsAt) {
    seed += BATCH
    found = await differenceOfBatch(seed)
  }
  if (found === undefined) {
    console.log(`${seed + BATCH - first} streams from seed ${first} on: no difference.`)
    return
  }
  console.log(`A ${found.kind} is read in two ways: ${found.why}\n${JSON.stringify(found.text)}`)
  console.log(`Again: npm run fuzz -- --seconds 0 --seed ${found.seed}`)
  process.exitCode = 1
}

async function converseOn(): Promise<void> {
  let seed = first
  let { wrong } = await converse(seed)
  while (wrong === undefined && performance.now() < endsAt) ({ wrong } = await converse(++seed))
  if (wrong === undefined) {
    console.log(`${seed + 1 - first} conversations from seed ${first} on: all sound.`)
    return
  }
  console.log(`${wrong}\nAgain: npm run fuzz -- --http2 --seconds 0 --seed ${seed}`)
  process.exitCode = 1
}
