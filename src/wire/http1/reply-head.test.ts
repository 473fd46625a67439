import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FaultCode } from '#sdk/fault'
import type { ReplyHead } from '#wire/head'
import { parseReplyHead, parseTrailers } from './head.ts'

function reply(line: string, ...lines: string[]): ReplyHead | FaultCode {
  return parseReplyHead([line, ...lines, ''].join('\r\n'), 100)
}

const CONTROLS = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).concat('\x7f')

test('a status line has three digits; its reason may say anything, or lack', () => {
  for (const [line, status, minor] of [
    ['HTTP/1.1 200 OK', 200, 1],
    ['HTTP/1.0 404 Not Found', 404, 0],
    ['HTTP/1.1 200 ', 200, 1],
    ['HTTP/1.1 200', 200, 1],
    ['HTTP/1.1 299 \xc3\xa9t\tr\xe9', 299, 1],
    ['HTTP/1.1 999 Odd', 999, 1],
  ] as const) {
    const head = reply(line, 'A: 1') as ReplyHead
    assert.deepEqual(
      [head.status, head.minor, head.headers.flat],
      [status, minor, ['a', '1']],
      line,
    )
  }
})

test('a status line that deviates by one character is refused', () => {
  const lines = [
    '',
    'HTTP/1.1',
    'HTTP/1.1 ',
    'HTTP/1.1 20',
    'HTTP/1.1 2000',
    'HTTP/1.1 20x OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 200OK',
  ]
  lines.push(
    'HTTP/1.1  200 OK',
    'HTTP/1.1\t200 OK',
    ' HTTP/1.1 200 OK',
    'HTTP/1.1 200\tOK',
    'HTTP/1.2 200 OK',
    'HTTP/2.0 200 OK',
  )
  lines.push(
    'HTTP/0.9 200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1 -20 OK',
    'HTTP/1.1 +20 OK',
    'ICY 200 OK',
    'HTTP/11 200 OK',
    'HTTP/1.10 200 OK',
  )
  for (const line of lines) assert.equal(reply(line), 'SERVICE_BAD_REPLY', JSON.stringify(line))
  for (const control of CONTROLS.filter((each) => each !== '\t')) {
    assert.equal(reply(`HTTP/1.1 200 O${control}K`), 'SERVICE_BAD_REPLY', JSON.stringify(control))
  }
})

test('HTTP/1.0 has no interim replies', () => {
  for (const status of [100, 103, 199]) {
    assert.equal(reply(`HTTP/1.0 ${status} x`), 'SERVICE_BAD_REPLY')
    assert.equal((reply(`HTTP/1.1 ${status} x`) as ReplyHead).status, status)
  }
})

test('the fields of a reply are as strict as those of a request', () => {
  for (const line of ['A : 1', ' A: 1', 'A', ': 1', 'A: \x00', 'A: 1\rB: 2', 'A: 1\nB: 2']) {
    assert.equal(reply('HTTP/1.1 200 OK', line), 'SERVICE_BAD_REPLY', JSON.stringify(line))
  }
  const head = reply(
    'HTTP/1.1 200 OK',
    'Set-Cookie: a',
    'Connection: X-Hop',
    'X-Hop: 1',
    'Set-Cookie: b',
    'Keep-Alive: timeout=3',
  )
  assert.deepEqual((head as ReplyHead).headers.flat, ['set-cookie', 'a', 'set-cookie', 'b'])
  assert.equal((head as ReplyHead).keepAliveHint, 'timeout=3')
})

test('trailers that route, authenticate or describe the content do not pass', () => {
  const text = 'X-Sum: 1\r\nAuthorization: x\r\nHost: a\r\nCookie: a=1\r\nContent-Type: x/y\r\n'
  const more = 'X-Forwarded-For: 1\r\nx_forwarded_for: 1\r\nSet-Cookie: a\r\ngrpc-status: 0\r\n'
  const trailers = parseTrailers(text + more, 64)
  assert.ok(typeof trailers !== 'string')
  assert.deepEqual(trailers.flat, ['x-sum', '1', 'grpc-status', '0'])
})

test('trailers that frame a body make a malformed one', () => {
  for (const line of ['Content-Length: 5', 'Transfer-Encoding: chunked', 'content-length:']) {
    assert.equal(parseTrailers(`X-Sum: 1\r\n${line}\r\n`, 64), 'BAD_BODY', line)
  }
})

test('malformed trailers make a malformed body, and so do too many', () => {
  for (const text of [
    'A : 1\r\n',
    'A\r\n',
    ' A: 1\r\n',
    'A: 1\n',
    'A: 1\rB: 2\r\n',
    '\n',
    '\nA: 1\r\n',
    'A: \x00\r\n',
  ]) {
    assert.equal(parseTrailers(text, 64), 'BAD_BODY', JSON.stringify(text))
  }
  assert.equal(parseTrailers('A: 1\r\n'.repeat(3), 2), 'BAD_BODY')
})
