import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Framing, replyFraming, requestFraming } from './framing.ts'
import type { ReplyHead, RequestHead } from '#wire/head'
import { parseReplyHead, parseRequestHead } from '#wire/http1/head'

function request(...lines: string[]): number | string {
  const version = lines[0] === '1.0' ? lines.shift() : '1.1'
  const text = [`POST / HTTP/${version}`, ...lines, ''].join('\r\n')
  return requestFraming(parseRequestHead(text, 8_192, 100, false) as RequestHead)
}

function reply(status: number, method: string, ...lines: string[]): number | string {
  const version = lines[0] === '1.0' ? lines.shift() : '1.1'
  const text = [`HTTP/${version} ${status} x`, ...lines, ''].join('\r\n')
  return replyFraming(parseReplyHead(text, 100) as ReplyHead, method)
}

const BAD_LENGTHS = [
  '',
  '-1',
  '+1',
  '1.0',
  '0x10',
  '1e3',
  '5, 5',
  '5,',
  ' 5 5',
  '5;',
  '\xb2',
  '1_0',
  '9999999999999999',
]
const BAD_CODINGS = [
  '',
  'identity',
  'gzip',
  'xchunked',
  'chunkedx',
  'chunked, identity',
  'gzip, chunked',
  'chunked, chunked',
  'chunked;q=1',
  '"chunked"',
  ',chunked',
  'chunked,',
  'chunked\xa0',
]

test('a request without a length has no body; with one it has that much', () => {
  assert.equal(request(), Framing.none)
  assert.equal(request('Content-Length: 0'), 0)
  assert.equal(request('Content-Length:\t42  '), 42)
  assert.equal(request('Content-Length: 007'), 7)
  assert.equal(request('Content-Length: 999999999999999'), 999_999_999_999_999)
  assert.equal(request('1.0', 'Content-Length: 5'), 5)
})

test('a single chunked is the one coding a message may have, in any case', () => {
  assert.equal(request('Transfer-Encoding: chunked'), Framing.chunked)
  assert.equal(request('Transfer-Encoding: \tChunKed '), Framing.chunked)
  for (const coding of BAD_CODINGS) {
    assert.equal(request(`Transfer-Encoding: ${coding}`), 'BAD_FRAMING', coding)
    assert.equal(reply(200, 'GET', `Transfer-Encoding: ${coding}`), 'SERVICE_BAD_REPLY', coding)
  }
  assert.equal(request('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 'BAD_FRAMING')
  assert.equal(request('Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'), 'BAD_FRAMING')
  assert.equal(request('Transfer-Encoding:', 'Transfer-Encoding: chunked'), 'BAD_FRAMING')
})

test('a length that is malformed, too large or said twice is refused', () => {
  for (const length of BAD_LENGTHS) {
    assert.equal(request(`Content-Length: ${length}`), 'BAD_FRAMING', length)
    assert.equal(reply(200, 'GET', `Content-Length: ${length}`), 'SERVICE_BAD_REPLY', length)
  }
  assert.equal(request('Content-Length: 0', 'Content-Length: 33'), 'BAD_FRAMING')
  assert.equal(request('Content-Length: 5', 'Content-Length: 5'), 'BAD_FRAMING')
  assert.equal(request('Content-Length:', 'Content-Length: 33'), 'BAD_FRAMING')
  assert.equal(reply(200, 'GET', 'Content-Length: 5', 'Content-Length: 50'), 'SERVICE_BAD_REPLY')
})

test('a length and a coding together are refused, in either order', () => {
  assert.equal(request('Content-Length: 5', 'Transfer-Encoding: chunked'), 'BAD_FRAMING')
  assert.equal(request('Transfer-Encoding: chunked', 'Content-Length: 5'), 'BAD_FRAMING')
  for (const [status, method] of [
    [200, 'GET'],
    [200, 'HEAD'],
    [304, 'GET'],
  ] as const) {
    assert.equal(
      reply(status, method, 'Content-Length: 3', 'Transfer-Encoding: chunked'),
      'SERVICE_BAD_REPLY',
    )
  }
})

test('HTTP/1.0 knows no transfer codings', () => {
  assert.equal(request('1.0', 'Transfer-Encoding: chunked'), 'BAD_FRAMING')
  assert.equal(reply(200, 'GET', '1.0', 'Transfer-Encoding: chunked'), 'SERVICE_BAD_REPLY')
})

test('a reply without a length goes on until the connection ends', () => {
  assert.equal(reply(200, 'GET'), Framing.untilClose)
  assert.equal(reply(200, 'GET', 'Content-Length: 7'), 7)
  assert.equal(reply(500, 'POST', 'Transfer-Encoding: chunked'), Framing.chunked)
})

test('replies to HEAD, interim ones, 204 and 304 have no body, whatever they say', () => {
  for (const [status, method] of [
    [200, 'HEAD'],
    [100, 'GET'],
    [103, 'POST'],
    [204, 'GET'],
    [304, 'GET'],
  ] as const) {
    assert.equal(reply(status, method), Framing.none)
    assert.equal(reply(status, method, 'Content-Length: 7'), Framing.none)
    assert.equal(reply(status, method, 'Transfer-Encoding: chunked'), Framing.none)
    assert.equal(reply(status, method, 'Content-Length: x'), 'SERVICE_BAD_REPLY')
  }
})
