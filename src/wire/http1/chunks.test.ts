import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, decodeChunked, MAX_TRAILER_BYTES } from '../../../test/kit/decode-body.ts'
import { Framing } from '../framing.ts'

test('chunks are put together, and what follows them is left', () => {
  const seen = decodeChunked('5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET / HTTP/1.1')
  assert.deepEqual(
    [seen.body, seen.ends, seen.fault, seen.rest],
    ['hello world', 1, '', 'GET / HTTP/1.1'],
  )
  assert.equal(seen.trailers, undefined)
})

test('a size may be in either case and have leading zeros', () => {
  assert.equal(
    decodeChunked(`00A\r\n0123456789\r\nb\r\n0123456789x\r\n000\r\n\r\n`).body,
    '01234567890123456789x',
  )
})

test('a size that is missing, signed, prefixed, spaced or too large is refused', () => {
  for (const size of [
    '',
    '-5',
    '+5',
    '0x5',
    ' 5',
    '5 ',
    '5\t',
    '5 5',
    '5_',
    'g',
    '5,',
    '1000000000000',
    '0000000000005',
    'FFFFFFFFFFFFFFFF5',
  ]) {
    const seen = decodeChunked(`${size}\r\nhello\r\n0\r\n\r\n`)
    assert.deepEqual([seen.fault, seen.ends, seen.body], ['BAD_BODY', 0, ''], JSON.stringify(size))
  }
})

test('a chunk’s line and its data end with CRLF and with nothing less', () => {
  const bad = [
    '5\nhello\r\n0\r\n\r\n',
    '5\rhello\r\n0\r\n\r\n',
    '5\r\r\nhello\r\n0\r\n\r\n',
    '5;x=\nab\r\nhello\r\n0\r\n\r\n',
    '5\n\r\nhello\r\n0\r\n\r\n',
  ]
  bad.push(
    '5\r\nhello\n0\r\n\r\n',
    '5\r\nhello\r0\r\n\r\n',
    '5\r\nhelloX\r\n0\r\n\r\n',
    '5\r\nhello0\r\n\r\n',
    '5\r\nhello\r\n\r\n0\r\n\r\n',
    '3\r\nhello\r\n0\r\n\r\n',
  )
  bad.push('0\r\n\n', '0\n\r\n', '0\r\nA: 1\n\r\n', '0\r\n\nA: 1\r\n\r\n', '0\r\nA: 1\n\n')
  for (const text of bad) {
    const seen = decodeChunked(text)
    assert.deepEqual([seen.fault, seen.ends], ['BAD_BODY', 0], JSON.stringify(text))
  }
})

test('extensions are read by their grammar and forgotten', () => {
  for (const extension of [
    ';a',
    ';a=b',
    ';a=b;c',
    ';a="b c;\\"\\\\d\xe9"',
    ';a=""',
    `;${'a'.repeat(255)}`,
  ]) {
    assert.equal(
      decodeChunked(`5${extension}\r\nhello\r\n0${extension}\r\n\r\n`).body,
      'hello',
      extension,
    )
  }
})

test('an extension that is malformed or runs on is refused', () => {
  const bad = [
    ';',
    ';;a',
    ';a=',
    ';=b',
    ' ;a',
    '; a',
    ';a =b',
    ';a= b',
    ';a b',
    ';a="b',
    ';a="b"c',
    ';a="\x7f"',
    ';a=\x00',
    ';a=\xe9',
    ';a="\\\x00"',
  ]
  for (const extension of [...bad, `;${'a'.repeat(256)}`, `;a="${'b'.repeat(300)}`]) {
    const seen = decodeChunked(`5${extension}\r\nhello\r\n0\r\n\r\n`)
    assert.deepEqual([seen.fault, seen.body], ['BAD_BODY', ''], JSON.stringify(extension))
  }
})

test('many small extensions together are too much as well', () => {
  const chunk = `1;${'a'.repeat(199)}\r\nx\r\n`
  assert.equal(decode(Framing.chunked, [`${chunk.repeat(80)}0\r\n\r\n`]).fault, '')
  assert.equal(decode(Framing.chunked, [`${chunk.repeat(90)}0\r\n\r\n`]).fault, 'BAD_BODY')
})

test('trailers come with the end; those that may not stand there are dropped', () => {
  const seen = decodeChunked('1\r\nx\r\n0\r\nX-Sum: 1\r\nHost: a\r\nx-b:\r\n\r\nrest')
  assert.deepEqual([seen.trailers, seen.rest], [['x-sum', '1', 'x-b', ''], 'rest'])
  assert.equal(decodeChunked('0\r\nContent-Type: a\r\n\r\n').trailers, undefined)
})

test('trailers that are malformed or too long are refused, in whatever pieces they come', () => {
  for (const text of ['A\r\n', 'A : 1\r\n', ' A: 1\r\n', 'A: \x00\r\n', 'A: 1\rB: 2\r\n']) {
    assert.equal(decodeChunked(`0\r\n${text}\r\n`).fault, 'BAD_BODY', JSON.stringify(text))
  }
  for (let length = MAX_TRAILER_BYTES - 8; length < MAX_TRAILER_BYTES + 8; length++) {
    const seen = decodeChunked(`0\r\nA: ${'x'.repeat(length - 3)}\r\n\r\n`)
    assert.equal(seen.fault, length <= MAX_TRAILER_BYTES ? '' : 'BAD_BODY', `${length} bytes`)
  }
})

test('a body that is not whole never ends', () => {
  const text = '5\r\nhello\r\n0\r\nA: 1\r\n\r\n'
  for (let length = 0; length < text.length; length++) {
    assert.equal(decode(Framing.chunked, [text.slice(0, length)]).ends, 0)
  }
})
