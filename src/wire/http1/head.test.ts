import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FaultCode } from '#sdk/fault'
import type { RequestHead } from '#wire/head'
import { parseRequestHead } from './head.ts'

function parse(text: string, trusted = false): RequestHead | FaultCode {
  return parseRequestHead(text, 8_192, 100, trusted)
}

function requestWith(...lines: string[]): RequestHead | FaultCode {
  return parse(['GET / HTTP/1.1', ...lines, ''].join('\r\n'))
}

function accepted(...lines: string[]): RequestHead {
  const head = requestWith(...lines)
  if (typeof head === 'string') assert.fail(`${head}: ${lines.join()}`)
  return head
}

const CONTROLS = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).concat('\x7f')

test('a request line is a method, a target and a version', () => {
  const head = parse('GET /a?b=c&d HTTP/1.0\r\n') as RequestHead
  assert.deepEqual([head.method, head.target, head.minor], ['GET', '/a?b=c&d', 0])
  assert.equal((parse('PURGE * HTTP/1.1\r\n') as RequestHead).minor, 1)
  assert.equal((parse('M-SEARCH! http://a/ HTTP/1.1\r\n') as RequestHead).method, 'M-SEARCH!')
})

test('a request line that deviates by one character is refused', () => {
  const lines = [
    '',
    ' ',
    'GET',
    'GET /',
    'GET / ',
    'GET  HTTP/1.1',
    'GET HTTP/1.1',
    ' GET / HTTP/1.1',
    'GET  / HTTP/1.1',
  ]
  lines.push(
    'GET /  HTTP/1.1',
    'GET / HTTP/1.1 ',
    'GET\t/ HTTP/1.1',
    'GET /\tHTTP/1.1',
    'GET /a b HTTP/1.1',
    'GET /a\tb HTTP/1.1',
  )
  lines.push(
    'get / HTTP/1.1',
    'Get / HTTP/1.1',
    'G(T / HTTP/1.1',
    '\xc7ET / HTTP/1.1',
    `${'G'.repeat(33)} / HTTP/1.1`,
  )
  lines.push(
    'GET / http/1.1',
    'GET / HTTP/1.1a',
    'GET / HTTP/1',
    'GET / HTTP/1.',
    'GET / HTTP/11',
    'GET / HTTP/1.10',
    'GET / HTTP/01.1',
  )
  lines.push(
    'GET / HTTPS/1.1',
    'GET / RTSP/1.0',
    'GET / HTTP 1.1',
    'GET / HTTP/1,1',
    'GET /\x00 HTTP/1.1',
    'GET /\x7f HTTP/1.1',
    'GET /\xe9 HTTP/1.1',
  )
  for (const line of lines) assert.equal(parse(`${line}\r\n`), 'BAD_REQUEST', JSON.stringify(line))
})

test('a version that HTTP has and we do not speak is told from nonsense', () => {
  for (const version of ['0.9', '1.2', '1.9', '2.0', '3.0', '9.9']) {
    assert.equal(parse(`GET / HTTP/${version}\r\n`), 'VERSION_NOT_SUPPORTED', version)
  }
})

function limited(length: number): RequestHead | FaultCode {
  return parseRequestHead(`GET /${'a'.repeat(length - 1)} HTTP/1.1\r\n`, 10, 100, false)
}

test('a target may be as long as allowed, and not longer', () => {
  assert.equal((limited(10) as RequestHead).target.length, 10)
  assert.equal(limited(11), 'TARGET_TOO_LONG')
})

test('fields keep their order, duplicates and bytes; white space around a value is none of it', () => {
  const head = accepted(
    'B: 1',
    'a:2',
    'Empty:',
    'b: \t x  y\t ',
    'Bytes: \xff\x80\xe9',
    'Colon: a:b:c',
  )
  const flat = [
    'b',
    '1',
    'a',
    '2',
    'empty',
    '',
    'b',
    'x  y',
    'bytes',
    '\xff\x80\xe9',
    'colon',
    'a:b:c',
  ]
  assert.deepEqual(head.headers.flat, flat)
})

test('white space before the colon, a folded line and a line without colon are refused', () => {
  const bad = [
    ['A : 1'],
    ['A\t: 1'],
    [' A: 1'],
    ['\tA: 1'],
    ['A: 1', ' b'],
    ['A: 1', '\tb: 2'],
    ['A'],
    ['A', 'B: 1'],
    [': 1'],
    ['A: 1', ''],
  ]
  for (const lines of bad) assert.equal(requestWith(...lines), 'BAD_REQUEST', JSON.stringify(lines))
})

test('a control character is refused wherever it stands, but for a tab in a value', () => {
  for (const control of CONTROLS) {
    const places = [`GET /${control} HTTP/1.1\r\nA: 1\r\n`, `GE${control}T / HTTP/1.1\r\nA: 1\r\n`]
    places.push(`GET / HTTP/1.1${control}\r\nA: 1\r\n`, `GET / HTTP/1.1\r\nA${control}: 1\r\n`)
    places.push(`GET / HTTP/1.1\r\n${control}A: 1\r\n`, `GET / HTTP/1.1\r\nA: 1\r\n${control}`)
    if (control !== '\t')
      places.push(
        `GET / HTTP/1.1\r\nA: b${control}c\r\nB: 2\r\n`,
        `GET / HTTP/1.1\r\nA:${control}\r\n`,
      )
    for (const text of places) assert.equal(parse(text), 'BAD_REQUEST', JSON.stringify(text))
  }
  assert.equal(accepted('A: b\tc').headers.get('a'), 'b\tc')
})

test('a line ends with CRLF and with nothing less', () => {
  const texts = [
    'GET / HTTP/1.1\nA: 1\r\n',
    'GET / HTTP/1.1\rA: 1\r\n',
    'GET / HTTP/1.1\r\nA: 1\nB: 2\r\n',
    'GET / HTTP/1.1\r\nA: 1\rB: 2\r\n',
  ]
  texts.push(
    'GET / HTTP/1.1\r\nA: 1\r\r\n',
    'GET / HTTP/1.1\r\nA: 1\n\r\n',
    'GET / HTTP/1.1\r\n\nA: 1\r\n',
    'GET / HTTP/1.1\r\nA:\r\n\n',
  )
  texts.push(
    'GET / HTTP/1.1\r\nA: 1\r',
    'GET / HTTP/1.1\r\nA: 1',
    'GET / HTTP/1.1',
    'GET / HTTP/1.1\r',
    'GET / HTTP/1.1\r\nA: 1\r\nB',
  )
  for (const text of texts) assert.equal(parse(text), 'BAD_REQUEST', JSON.stringify(text))
})

test('as many fields as allowed, and not one more', () => {
  const five = `GET / HTTP/1.1\r\n${'A: 1\r\n'.repeat(5)}`
  assert.equal((parseRequestHead(five, 100, 5, false) as RequestHead).headers.flat.length, 10)
  assert.equal(parseRequestHead(`${five}A: 1\r\n`, 100, 5, false), 'HEADERS_TOO_LARGE')
})
