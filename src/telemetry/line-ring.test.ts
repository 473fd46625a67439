import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import * as fc from 'fast-check'
import { LineRing } from './line-ring.ts'

function pair(bytes: number): { worker: LineRing; writer: LineRing } {
  const worker = new LineRing(LineRing.memory(bytes))
  return { worker, writer: new LineRing(worker.memory) }
}

const text = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString('latin1')

test('lines are taken together and in order, once', () => {
  const { worker, writer } = pair(1_024)
  worker.add('one\n')
  worker.add('two\n')
  assert.equal(text(writer.take()), 'one\ntwo\n')
  worker.add('three\n')
  assert.deepEqual(writer.take(), [], 'before the first are released')
  writer.release()
  assert.equal(text(writer.take()), 'three\n')
  writer.release()
  assert.deepEqual(writer.take(), [])
})

test('a line without room is refused; what was taken makes room when it is released, not before', () => {
  const { worker, writer } = pair(16)
  assert.equal(worker.add('0123456789\n'), true)
  assert.equal(worker.add('abcdef\n'), false)
  assert.equal(worker.add('abcd\n'), true)
  assert.equal(worker.add('\n'), false)
  assert.equal(text(writer.take()), '0123456789\nabcd\n')
  assert.equal(worker.add('\n'), false)
  writer.release()
  assert.equal(worker.add('0123456789abcdef\n'), false, 'longer than the whole ring')
  assert.equal(worker.add('\n'), true)
})

test('whatever is added and taken in whatever turn: what went in comes out, whole and in order', () => {
  const turn = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constant('take' as const))
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 200 }), (turns) => {
      const { worker, writer } = pair(128)
      let expected = ''
      let got = ''
      for (const [n, what] of turns.entries()) {
        if (what === 'take') {
          got += text(writer.take())
          writer.release()
        } else {
          const line = `${String.fromCharCode(97 + (n % 26)).repeat(what)}\n`
          if (worker.add(line)) expected += line
        }
      }
      got += text(writer.take())
      assert.equal(got, expected)
    }),
  )
})

test('a thread adds while another takes, over the end of the counters too: no line is lost or torn', async (t) => {
  const memory = LineRing.memory(4_096)
  new Int32Array(memory, 0, 2).fill(-100_000) // the running totals pass 2³² on the way
  const writer = new LineRing(memory)
  const source = new URL('./line-ring.ts', import.meta.url).href
  const lines = 20_000
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads')
     import(workerData.source).then(({ LineRing }) => {
       const ring = new LineRing(workerData.memory)
       for (let n = 0; n < workerData.lines; n++) while (!ring.add(n + ':' + 'x'.repeat(n % 97) + '\\n'));
     })`,
    { eval: true, workerData: { memory, source, lines }, execArgv: [] },
  )
  t.after(() => worker.terminate())
  let got = ''
  const last = `${lines - 1}:`
  while (!got.includes(last, got.length - 200)) {
    got += text(writer.take())
    writer.release()
    await new Promise((resolve) => void setImmediate(resolve))
  }
  const expected = Array.from({ length: lines }, (_, n) => `${n}:${'x'.repeat(n % 97)}\n`)
  assert.equal(got, expected.join(''))
})
