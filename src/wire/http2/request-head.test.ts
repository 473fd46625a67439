import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestHead } from '#wire/head'
import { readHead } from './request-head.ts'
import { readTrailers } from './request-trailers.ts'

const BOUNDS = { headerBytes: 1_000, targetBytes: 100, fields: 10 }
const GET = [':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/x?y']

const read = (flat: readonly string[], trusted = false): RequestHead | string =>
  readHead(flat, BOUNDS, 'https', trusted)

test('a head reads as one of HTTP/1.1 would', () => {
  const head = read([
    ...GET,
    'cookie',
    'a',
    'b',
    '\xe9',
    'cookie',
    'c',
    'te',
    'trailers',
    'expect',
    'x',
  ])
  assert.ok(head instanceof RequestHead)
  const { method, target, host, hosts, teTrailers, expect, headers } = head
  assert.deepEqual([method, target, host, hosts], ['GET', '/x?y', 'a.test', 1])
  assert.deepEqual([teTrailers, expect], [true, 'x'])
  assert.deepEqual(headers.flat, ['cookie', 'a; c', 'b', '\xe9'])
})

test('Host stands in for :authority, and may not contradict it', () => {
  const bare = [...GET.slice(0, 4), ...GET.slice(6)]
  assert.equal((read([...bare, 'host', 'b.test']) as RequestHead).host, 'b.test')
  assert.equal((read([...GET, 'host', 'A.test']) as RequestHead).host, 'a.test')
  assert.equal(read([...GET, 'host', 'b.test']), 'BAD_HOST')
})

for (const [what, name, value] of [
  ['a name with a space', 'a b', 'c'],
  ['an empty name', '', 'c'],
  ['a name in capitals', 'A', 'c'],
  ['a pseudo-header behind the fields', ':path', '/'],
  ['a line in a value', 'a', 'b\r\nc: d'],
  ['NUL in a value', 'a', 'b\0c'],
  ['DEL in a value', 'a', 'b\x7fc'],
  ['white space before a value', 'a', ' b'],
  ['white space behind a value', 'a', 'b\t'],
  ['connection', 'connection', 'close'],
  ['te other than trailers', 'te', 'trailers, gzip'],
] as const)
  test(`refused: ${what}`, () => {
    assert.equal(read([...GET, 'x', 'y', name, value]), 'BAD_REQUEST')
    if (name !== 'connection' && name !== 'te') assert.equal(readTrailers([name, value]), undefined)
  })

test('a value may be empty or hold white space within', () => {
  const head = read([...GET, 'a', '', 'b', 'c \t d']) as RequestHead
  assert.deepEqual(head.headers.flat, ['a', '', 'b', 'c \t d'])
})

test('size and number of fields are bounded', () => {
  assert.equal(read([...GET, 'a', 'b'.repeat(1_000)]), 'HEADERS_TOO_LARGE')
  const eleven = Array.from({ length: 22 }, () => 'a')
  assert.equal(read([...GET, ...eleven]), 'HEADERS_TOO_LARGE')
  assert.ok(read([...GET, ...eleven.slice(2)]) instanceof RequestHead)
  assert.equal(read([...GET.slice(0, 7), `/${'a'.repeat(100)}`]), 'TARGET_TOO_LONG')
})

test('trailers that may not stand behind a body are dropped, those that frame one refused', () => {
  assert.deepEqual(readTrailers(['x-sum', '1', 'authorization', 'x'])!.flat, ['x-sum', '1'])
  assert.equal(readTrailers(['content-length', '1']), undefined)
  assert.equal(readTrailers(Array.from({ length: 130 }, () => 'a')), undefined)
})
