import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPending } from './awaitable.ts'
import { Pending } from './pending.ts'

class Later extends Pending<string> {
  give(value: string): void {
    this.settle(value)
  }

  break(error: unknown): void {
    this.reject(error)
  }
}

function unexpected(): never {
  throw new Error('not this one')
}

test('a listener hears the value in the turn it arrives in', () => {
  const later = new Later()
  const heard: string[] = []
  later.listen((value) => heard.push(value), unexpected)
  assert.equal(later.settled, false)
  later.give('here')
  assert.deepEqual(heard, ['here'])
  assert.equal(later.settled, true)
})

test('a listener that comes late is called at once', () => {
  const later = new Later()
  later.give('here')
  const heard: string[] = []
  later.listen((value) => heard.push(value), unexpected)
  assert.deepEqual(heard, ['here'])
})

test('an error reaches the error listener, early or late', () => {
  const later = new Later()
  const heard: unknown[] = []
  later.listen(unexpected, (error) => heard.push(error))
  later.break('broken')
  later.listen(unexpected, (error) => heard.push(error))
  assert.deepEqual(heard, ['broken', 'broken'])
})

test('the first outcome is kept, whatever follows', () => {
  const later = new Later()
  const heard: string[] = []
  later.listen((value) => heard.push(value), unexpected)
  later.give('first')
  later.give('second')
  later.break('broken')
  later.listen((value) => heard.push(value), unexpected)
  assert.deepEqual(heard, ['first', 'first'])
})

test('it is a promise to whoever awaits it, as often as they like', async () => {
  const later = new Later()
  assert.equal(isPending(later), true)
  const heard: string[] = []
  later.listen((value) => heard.push(value), unexpected)
  const both = Promise.all([later, later.then((value) => `${value}!`)])
  later.give('here')
  assert.deepEqual(await both, ['here', 'here!'])
  assert.deepEqual(heard, ['here'])
  assert.equal(await later, 'here')
})

test('a broken one rejects for whoever awaits it', async () => {
  const later = new Later()
  const awaited = assert.rejects(async () => await later, /broken/)
  later.break(new Error('broken'))
  await awaited
})

test('only what has a then is pending', () => {
  for (const value of [undefined, null, 0, '', {}, () => {}]) {
    assert.equal(isPending(value), false)
  }
  assert.equal(isPending(Promise.resolve()), true)
})
