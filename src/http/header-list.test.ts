import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { HeaderList } from './header-list.ts'

const cookies = () => new HeaderList(['set-cookie', 'a=1', 'x', '', 'set-cookie', 'b=2', 'y', '3'])

test('a field is found by its name, first or all, in order', () => {
  assert.equal(cookies().get('set-cookie'), 'a=1')
  assert.deepEqual(cookies().all('set-cookie'), ['a=1', 'b=2'])
  assert.equal(cookies().joined('set-cookie'), 'a=1, b=2')
  assert.equal(cookies().get('z'), undefined)
  assert.deepEqual(cookies().all('z'), [])
  assert.equal(cookies().joined('z'), undefined)
})

test('a field with an empty value is there', () => {
  assert.equal(cookies().has('x'), true)
  assert.equal(cookies().joined('x'), '')
  assert.equal(cookies().has('z'), false)
})

test('a value is never taken for a name', () => {
  const headers = new HeaderList(['a', 'b', 'b', 'c'])
  assert.equal(headers.get('b'), 'c')
  headers.delete('c')
  assert.deepEqual(headers.flat, ['a', 'b', 'b', 'c'])
})

test('set puts one value where the first of many stood, or at the end', () => {
  const headers = cookies()
  headers.set('set-cookie', 'c=3')
  assert.deepEqual(headers.flat, ['set-cookie', 'c=3', 'x', '', 'y', '3'])
  headers.set('z', '4')
  assert.equal(headers.flat.at(-2), 'z')
})

test('a copy lives its own life', () => {
  const headers = cookies()
  const copy = headers.copy()
  copy.delete('set-cookie')
  copy.add('z', '1')
  assert.deepEqual(headers.flat, cookies().flat)
  assert.deepEqual(
    [...copy],
    [
      ['x', ''],
      ['y', '3'],
      ['z', '1'],
    ],
  )
})

test('it behaves as a list of pairs does', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const pairs = fc.array(fc.tuple(name, fc.string()), { maxLength: 12 })
  fc.assert(
    fc.property(pairs, name, fc.string(), (list, chosen, value) => {
      const deleted = new HeaderList(list.flat())
      deleted.delete(chosen)
      const others = list.filter(([each]) => each !== chosen)
      assert.deepEqual([...deleted], others)

      const set = new HeaderList(list.flat())
      set.set(chosen, value)
      assert.deepEqual(set.all(chosen), [value])
      set.delete(chosen)
      assert.deepEqual([...set], others)
    }),
  )
})
