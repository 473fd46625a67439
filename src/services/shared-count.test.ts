import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { SharedCount } from './shared-count.ts'

/** In each of three threads takes one, looks how many are inside, and gives it back, again and again. */
async function crowd(most: number): Promise<{ taken: number; refused: number; fullest: number }> {
  const memory = new SharedArrayBuffer(64)
  const workers = [0, 1, 2].map((seat) => new Worker(TAKER, { workerData: { memory, seat, most } }))
  const told = await Promise.all(
    workers.map(async (one) => (await once(one, 'message'))[0] as [number, number, number]),
  )
  assert.equal(new SharedCount(new Int32Array(memory), 0, 3, 2, 0).sum(), 0)
  const sum = (at: 0 | 1): number => told.reduce((total, each) => total + each[at], 0)
  return {
    taken: sum(0),
    refused: sum(1),
    fullest: Math.max(...told.map(([, , inside]) => inside)),
  }
}

const TAKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads'
    const { SharedCount } = await import(${JSON.stringify(import.meta.resolve('./shared-count.ts'))})
    const { memory, seat, most } = workerData
    const words = new Int32Array(memory)
    const count = new SharedCount(words, 0, 3, 2, seat)
    let [taken, refused, fullest] = [0, 0, 0]
    for (let n = 0; n < 40000; n++) {
      if (!count.take(most)) { refused++; continue }
      taken++
      fullest = Math.max(fullest, Atomics.add(words, 15, 1) + 1)
      Atomics.sub(words, 15, 1)
      count.give()
    }
    parentPort.postMessage([taken, refused, fullest])
  `)}`,
)

test('never more than so many hold one, however many threads want it', async () => {
  const { taken, refused, fullest } = await crowd(2)
  assert.equal(fullest <= 2, true, String(fullest))
  assert.equal(taken + refused, 120_000)
})

test('nobody is refused while there is one for each', async () => {
  assert.equal((await crowd(3)).refused, 0)
})
