import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Fault } from '#sdk/fault'
import type { Filter } from '#sdk/filter'
import { Reply, replyToFault } from '#sdk/reply'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { boom, WAYS } from '../../test/kit/ways.ts'
import { compilePipeline, runPipeline } from './pipeline.ts'

test('whatever waits, passes, answers and fails: done is called once, and every hook outside the answer runs once', async () => {
  const hook = fc.record({
    way: fc.constantFrom(...Object.keys(WAYS)),
    asks: fc.constantFrom('pass', 'answer', 'throw'),
    leaves: fc.constantFrom('keep', 'swap', 'throw'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(hook, { maxLength: 6 }), async (hooks) => {
      const left: number[] = []
      const filters = hooks.map(({ way, asks, leaves }, n): Filter => {
        const come = WAYS[way]!
        return {
          onRequest: () =>
            come(() => {
              if (asks === 'throw') boom()
              return asks === 'answer' ? new Reply(403) : undefined
            }),
          onReply: () =>
            come(() => {
              left.push(n)
              if (leaves === 'throw') boom()
              return leaves === 'swap' ? replyToFault(new Fault('DRAINING')) : undefined
            }),
        }
      })
      let done = 0
      await new Promise<void>((resolve) => {
        runPipeline(
          compilePipeline(filters, () => new Reply(200)),
          exchangeFor(),
          () => {
            done++
            setImmediate(resolve)
          },
        )
      })
      const answeredBy = hooks.findIndex(({ asks }) => asks !== 'pass')
      const outside = answeredBy < 0 ? hooks.length : answeredBy
      assert.equal(done, 1)
      assert.deepEqual(
        left,
        Array.from({ length: outside }, (_, n) => outside - 1 - n),
      )
    }),
    { numRuns: 200 },
  )
})
