import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock'
import { quietHost } from '../../../test/kit/exchange.ts'
import { memory } from './store.ts'

/** One worker's of several, with the shared memory that the definition asks for. */
function storeOf(written: object, workers: number) {
  const options = memory.options.parse(written)
  const shared = new SharedArrayBuffer(memory.sharedBytes(options))
  const { log } = quietHost
  return memory.create(options, {
    clock: new FakeClock(),
    log,
    gateway: 'g',
    worker: 0,
    workers,
    shared,
  })
}

test('a worker caches its share of the budget of all', async () => {
  for (const [workers, fits] of [
    [1, true],
    [2, true],
    [4, false],
  ] as const) {
    const { replies } = storeOf({ cache: '1MiB' }, workers)
    await replies.set('k', Buffer.alloc(400 * 1_024), 1_000)
    assert.equal((await replies.get('k')) !== undefined, fits, `${workers} workers`)
  }
})

test('the least memory that may be written counts', async () => {
  const { counters } = storeOf({ counters: '1KiB' }, 1)
  const rate = { algorithm: 'fixedWindow', limit: 1, periodMs: 1_000 } as const
  const ask = async () => (await counters.consume([{ key: 'k', rate, cost: 1 }]))[0]!.passes
  assert.deepEqual([await ask(), await ask()], [true, false])
  assert.ok(!memory.options.safeParse({ counters: '1B' }).success)
})
