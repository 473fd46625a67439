import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineBatch } from './line-batch.ts'

function setUp(takes: () => boolean = () => true) {
  const sent: string[] = []
  const dropped: number[] = []
  const batch = new LineBatch(
    (lines) => {
      sent.push(Buffer.from(lines).toString())
      return takes()
    },
    (lines) => dropped.push(lines),
  )
  return { batch, sent, dropped }
}

test('lines are gathered, and leave together and in order', () => {
  const { batch, sent } = setUp()
  batch.add('one\n')
  batch.add('two\n')
  assert.deepEqual(sent, [])
  batch.flush()
  batch.flush()
  batch.add('three\n')
  batch.flush()
  assert.deepEqual(sent, ['one\ntwo\n', 'three\n'])
})

test('a batch that is full leaves by itself; no line is torn, lost or doubled, however long', () => {
  const { batch, sent } = setUp()
  const lines = Array.from({ length: 5_000 }, (_, n) => `${n}:${'x'.repeat((n * 37) % 500)}\n`)
  lines.splice(2_500, 0, `${'long'.repeat(300_000)}\n`)
  for (const line of lines) batch.add(line)
  assert.ok(sent.length > 1, 'nothing left by itself')
  batch.stop()
  assert.ok(sent.every((piece) => piece.endsWith('\n')))
  assert.equal(sent.join(''), lines.join(''))
})

test('lines that the writer cannot take are counted, and gone', () => {
  let room = false
  const { batch, sent, dropped } = setUp(() => room)
  batch.add('one\n')
  batch.add('two\n')
  batch.flush()
  room = true
  batch.add('three\n')
  batch.flush()
  assert.deepEqual(dropped, [2])
  assert.equal(sent.at(-1), 'three\n')
})

test('it flushes by itself every so often, until it is stopped', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { batch, sent } = setUp()
  batch.run(200)
  batch.add('one\n')
  t.mock.timers.tick(199)
  assert.deepEqual(sent, [])
  t.mock.timers.tick(1)
  assert.deepEqual(sent, ['one\n'])
  batch.add('two\n')
  batch.stop()
  assert.deepEqual(sent, ['one\n', 'two\n'])
  batch.add('three\n')
  t.mock.timers.tick(1_000)
  assert.equal(sent.length, 2)
})
