import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Framing, replyFraming } from '../framing.ts'
import { FieldKind, fieldName, isFramingField } from '../field-names.ts'
import type { ReplyHead, RequestHead } from '#wire/head'
import { parseReplyHead, parseRequestHead } from './head.ts'
import { chunkHead, fieldLines, framingLine, statusLine } from './serialize.ts'

test('a status line has the registered reason, or none', () => {
  assert.equal(statusLine(200), 'HTTP/1.1 200 OK\r\n')
  assert.equal(statusLine(599), 'HTTP/1.1 599 \r\n')
})

test('fields of framing and connection are nobody else’s to write', () => {
  const flat = [
    'a',
    '1',
    'content-length',
    '5',
    'connection',
    'close',
    'te',
    'gzip',
    'trailer',
    'x',
    'set-cookie',
    'b',
    'a',
    '2',
  ]
  assert.equal(fieldLines(flat), 'a: 1\r\nset-cookie: b\r\na: 2\r\n')
  for (const name of ['transfer-encoding', 'upgrade', 'keep-alive', 'proxy-connection'])
    assert.equal(isFramingField(name), true)
})

test('the length of a body is said in one way', () => {
  assert.equal(framingLine(0), 'content-length: 0\r\n')
  assert.equal(framingLine(1_234), 'content-length: 1234\r\n')
  assert.equal(framingLine(Framing.chunked), 'transfer-encoding: chunked\r\n')
  assert.equal(framingLine(Framing.none) + framingLine(Framing.untilClose), '')
  assert.equal(chunkHead(255), 'ff\r\n')
})

const TOKEN_CHARS = Array.from("abcxyz-0189!#$%&'*+.^_`|~")
const VALUE_CHARS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (char) => /[\t -~\x80-\xff]/.test(char),
)

const name = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...TOKEN_CHARS), minLength: 1, maxLength: 20 }),
    fc.constantFrom('set-cookie', 'accept', 'cookie', 'x-a', 'etag', '__proto__'),
  )
  .filter((each) => fieldName(each)?.kind === FieldKind.ordinary)
const value = fc
  .string({ unit: fc.constantFrom(...VALUE_CHARS), maxLength: 40 })
  .map((text) => text.replace(/^[\t ]+|[\t ]+$/g, ''))
const fields = fc.array(fc.tuple(name, value), { maxLength: 20 }).map((pairs) => pairs.flat())
const target = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
})

/** As it travels: a string, its bytes, a string. */
function travelled(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

test('a reply’s head reads as it was written: status, length, fields in order, duplicates, every byte', () => {
  const framing = fc.oneof(fc.nat(), fc.constantFrom(Framing.chunked, Framing.untilClose))
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fields, framing, (status, flat, said) => {
      const text = travelled(statusLine(status) + fieldLines(flat) + framingLine(said))
      const head = parseReplyHead(text, 100) as ReplyHead
      assert.equal(head.status, status)
      assert.deepEqual(head.headers.flat, flat)
      const isBodiless = status === 204 || status === 304
      assert.equal(replyFraming(head, 'GET'), isBodiless ? Framing.none : said)
    }),
  )
})

test('a request’s head reads as it was written', () => {
  const method = fc.constantFrom('GET', 'POST', 'PROPFIND', 'M-SEARCH')
  fc.assert(
    fc.property(method, target, fields, (verb, path, flat) => {
      const text = travelled(`${verb} ${path} HTTP/1.1\r\nhost: a\r\n${fieldLines(flat)}`)
      const head = parseRequestHead(text, 8_192, 100, false) as RequestHead
      assert.deepEqual([head.method, head.target, head.host], [verb, path, 'a'])
      assert.deepEqual(head.headers.flat, flat)
    }),
  )
})

test('bytes of any kind are parsed or refused; nothing throws', () => {
  const pieces = fc.constantFrom(
    'GET / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    'A: 1\r\n',
    ':',
    ' ',
    '\r',
    '\n',
    '\r\n',
    'Host: a\r\n',
    'Connection: ,',
  )
  const text = fc
    .array(
      fc.oneof(pieces, fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) })),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (bytes) => {
      for (const head of [parseRequestHead(bytes, 50, 10, true), parseReplyHead(bytes, 10)]) {
        assert.ok(typeof head === 'string' || head.headers.flat.length % 2 === 0)
      }
    }),
    { numRuns: 500 },
  )
})
