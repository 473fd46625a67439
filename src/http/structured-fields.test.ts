import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as check, constantFrom, property } from 'fast-check'
import { parseDictionary, parseItem, parseList } from '#http/structured-fields'
import { isInnerList, Token } from '#http/structured-values'
import { writeDictionary, writeInnerList, writeItem, writeList } from '#http/write-structured'

for (const text of [
  '1',
  '-0.5',
  '"a \\"b\\""',
  'a/b:c',
  ':aGk=:',
  '?0',
  '@-1',
  '%"f%c3%bc"',
  'a;b;c=1;d=x',
])
  test(`an item is read, and written as it was: ${text}`, () =>
    assert.equal(writeItem(parseItem(text)!), text))

for (const text of [
  '',
  ' ',
  '1.',
  '1.2345',
  '1234567890123456',
  '01x"',
  '"a',
  '"ü"',
  '"\\a"',
  ':a b:',
  '?2',
  '@1.5',
  '%"%C3"',
  '%"%c3"',
  'a b',
  '1;',
  '1;A',
  'a\t',
  'é',
])
  test(`this is no item: ${JSON.stringify(text)}`, () => assert.equal(parseItem(text), undefined))

test('a dictionary keeps the last of members with one name, and inner lists with their parameters', () => {
  const read = parseDictionary('a=1, b=("x";q  y );z=?0,\ta, c=t')!
  assert.deepEqual([...read.keys()], ['a', 'b', 'c'])
  const inner = read.get('b')!
  assert.ok(isInnerList(inner))
  assert.equal(writeInnerList(inner), '("x";q y);z=?0')
  assert.equal(writeDictionary(read), 'a, b=("x";q y);z=?0, c=t')
})

for (const text of ['a=1,', ',a', 'a=1 b', 'A=1', 'a=', 'a=(1', 'a=(1,2)', 'a=("x""y")', '=1'])
  test(`this is no dictionary: ${text}`, () => assert.equal(parseDictionary(text), undefined))

test('no members are a list, and a dictionary, of none', () => {
  assert.deepEqual(parseList(' '), [])
  assert.equal(parseDictionary('')!.size, 0)
})

test('what has no form is not written', () => {
  const params = new Map()
  for (const value of ['é', new Token('1'), 1e15, 0.5, Number.NaN])
    assert.throws(() => writeItem({ value, params }))
})

test('whatever is read is written so that it reads the same', () => {
  const words = 'a b 1 -1.5 "x" :YQ==: ?1 @1 %"y" ( ) ; = , * . " % :'.split(' ')
  const text = array(constantFrom(...words, ' '), { maxLength: 12 }).map((parts) => parts.join(''))
  check(
    property(text, (written) => {
      const list = parseList(written)
      if (list !== undefined) assert.deepEqual(parseList(writeList(list)), list)
    }),
    { numRuns: 2_000 },
  )
})
