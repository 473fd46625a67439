import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FactCache } from './fact-cache.ts'

const fact = { name: 'a' }

test('what is asked for again stays, and what is not makes room', () => {
  const cache = new FactCache<object>(10)
  for (let n = 0; n < 100; n++) {
    cache.set(`${n}`, { n }, 1)
    cache.set('kept', cache.get('kept', 1) ?? fact, 1)
    assert.ok(cache.size <= 10)
  }
  assert.equal(cache.get('kept', 1), fact)
  assert.deepEqual(cache.get('99', 1), { n: 99 })
  assert.equal(cache.get('1', 1), undefined)
})

test('a few that are large take the room of many', () => {
  const cache = new FactCache<object>(1_000, 100)
  for (let n = 0; n < 50; n++) cache.set(`${n}`, fact, 20)
  assert.ok(cache.size <= 5)
})

test('a cleared cache holds nothing', () => {
  const cache = new FactCache<object>(2)
  cache.set('a', fact, 1)
  cache.set('b', fact, 1)
  cache.clear()
  assert.equal(cache.size, 0)
  assert.equal(cache.get('a', 1), undefined)
})
