import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decode, MAX_TRAILER_BYTES } from '../../../test/kit/decode-body.ts'
import { BodyDecoder } from './body-decoder.ts'
import { Framing } from '../framing.ts'
import { chunkHead } from './serialize.ts'

function unexpected(): never {
  throw new Error('not this one')
}

test('a body of so many bytes ends with the last of them', () => {
  const text = 'hello, and the next'
  for (let at = 0; at <= text.length; at++) {
    const seen = decode(
      5,
      [text.slice(0, at), text.slice(at)].filter((piece) => piece !== ''),
    )
    assert.deepEqual([seen.body, seen.ends, seen.rest], ['hello', 1, ', and the next'])
  }
  assert.deepEqual(decode(5, Array.from(text)), decode(5, [text]))
  assert.equal(decode(5, ['hell']).ends, 0)
})

test('a body that ends with the connection takes all there is', () => {
  const seen = decode(Framing.untilClose, ['a', 'b'])
  assert.deepEqual([seen.body, seen.ends, seen.rest], ['ab', 0, ''])
})

test('without a body nothing is taken, and nobody is told of an end', () => {
  for (const framing of [Framing.none, 0]) {
    const decoder = new BodyDecoder(MAX_TRAILER_BYTES)
    decoder.begin(framing)
    const untouched = { chunk: unexpected, end: unexpected, fail: unexpected }
    assert.equal(decoder.feed(Buffer.from('next'), 0, 4, untouched), 0)
    assert.equal(decoder.done, true)
  }
})

test('a decoder begins anew after a body of any kind', () => {
  const decoder = new BodyDecoder(MAX_TRAILER_BYTES)
  const bodies: string[] = []
  const sink = { chunk: (bytes: Buffer) => bodies.push(bytes.toString()), end() {}, fail() {} }
  for (const [framing, text] of [
    [Framing.chunked, '3;x=y\r\none\r\n0\r\nA: 1\r\n\r\n'],
    [3, 'two'],
    [Framing.chunked, '5\r\nthree\r\n0\r\n\r\n'],
  ] as const) {
    decoder.begin(framing)
    assert.equal(decoder.feed(Buffer.from(text), 0, text.length, sink), text.length)
    assert.equal(decoder.done, true)
  }
  assert.deepEqual(bodies, ['one', 'two', 'three'])
})

test('a fault in one body is forgotten in the next', () => {
  const decoder = new BodyDecoder(MAX_TRAILER_BYTES)
  const sink = { chunk() {}, end() {}, fail() {} }
  decoder.begin(Framing.chunked)
  assert.equal(decoder.feed(Buffer.from('1f;abc=\n'), 0, 8, sink), 'BAD_BODY')
  decoder.begin(Framing.chunked)
  assert.equal(decoder.feed(Buffer.from('0\r\n\r\n'), 0, 5, sink), 5)
})

test('what is chunked in any way and cut in any way is the same when it is put together', () => {
  const piece = fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
  const cuts = fc.array(fc.nat(1_000), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), cuts, piece, (pieces, places, rest) => {
      const chunks = pieces.filter((each) => each !== '')
      const text = `${chunks.map((each) => `${chunkHead(each.length)}${each}\r\n`).join('')}0\r\n\r\n${rest}`
      const at = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted(
        (a, b) => a - b,
      )
      const cut = [0, ...at].map((from, n) => text.slice(from, at[n])).filter((each) => each !== '')
      const seen = decode(Framing.chunked, cut)
      assert.deepEqual(
        [seen.body, seen.ends, seen.fault, seen.rest],
        [chunks.join(''), 1, '', rest],
      )
    }),
  )
})

test('bytes of any kind are a body or a fault, and the same one in any pieces', () => {
  const part = fc.constantFrom(
    '0',
    '5',
    'a',
    '\r',
    '\n',
    '\r\n',
    ';',
    '=',
    '"',
    'x',
    ':',
    ' ',
    '\0',
    'A: 1\r\n',
    '\xff',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const text = parts.join('')
      const whole = decode(Framing.chunked, [text])
      assert.deepEqual(decode(Framing.chunked, Array.from(text)), whole)
      assert.deepEqual(decode(Framing.chunked, parts), whole)
    }),
    { numRuns: 1_000 },
  )
})
