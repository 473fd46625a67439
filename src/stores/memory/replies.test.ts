import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock'
import { MemoryReplies } from './replies.ts'

const bytes = (text: string) => Buffer.from(text)

function fresh(maxBytes = 1_000_000, maxEntries = 100) {
  const clock = new FakeClock()
  const replies = new MemoryReplies(clock, maxBytes, maxEntries)
  const has = (key: string) => replies.get(key) !== undefined
  return { clock, replies, has }
}

test('what is kept is a copy, and is gone when its time is over', () => {
  const { clock, replies, has } = fresh()
  const given = bytes('one')
  replies.set('a', given, 1_000)
  given.fill(0)
  assert.equal(Buffer.from(replies.get('a')!).toString(), 'one')
  clock.advance(999)
  assert.ok(has('a'))
  clock.advance(1)
  assert.ok(!has('a'))
  replies.set('b', bytes('x'), 0)
  assert.ok(!has('b'))
})

test('it holds no more entries than it may: the oldest that nobody wanted goes first', () => {
  const { replies, has } = fresh(1_000_000, 3)
  for (const key of ['a', 'b', 'c']) replies.set(key, bytes(key), 1_000)
  assert.ok(has('a'))
  replies.set('d', bytes('d'), 1_000)
  assert.deepEqual(['a', 'b', 'c', 'd'].filter(has), ['a', 'c', 'd'])
})

test('when all were wanted, the oldest goes all the same', () => {
  const { replies, has } = fresh(1_000_000, 2)
  for (const key of ['a', 'b']) replies.set(key, bytes(key), 1_000)
  assert.ok(has('a') && has('b'))
  replies.set('c', bytes('c'), 1_000)
  assert.deepEqual(['a', 'b', 'c'].filter(has), ['b', 'c'])
})

test('it holds no more bytes than it may, and nothing that is larger than all of it', () => {
  const { replies, has } = fresh(10_000)
  const large = Buffer.alloc(4_000)
  for (const key of ['a', 'b', 'c']) replies.set(key, large, 1_000)
  assert.deepEqual(['a', 'b', 'c'].filter(has), ['b', 'c'])
  replies.set('b', Buffer.alloc(10_000), 1_000)
  assert.ok(!has('b'), 'what it was is not what it is any more')
  assert.ok(has('c'))
  replies.delete('c')
  for (const key of ['d', 'e']) replies.set(key, large, 1_000)
  assert.ok(has('d') && has('e'), 'what was deleted takes no room')
})
