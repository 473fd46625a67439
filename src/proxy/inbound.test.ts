import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#sdk/fault'
import type { RequestHead } from '#wire/head'
import { parseRequestHead } from '#wire/http1/head'
import type { Listening } from './client-facts.ts'
import { type Inbound, readInbound, unreadable } from './inbound.ts'

const listening = { name: 'main', scheme: 'http' } as Listening

function head(line: string, lines: readonly string[]): RequestHead {
  const parsed = parseRequestHead([line, ...lines, ''].join('\r\n'), 8_192, 100, true)
  if (typeof parsed === 'string') assert.fail(`${parsed}: ${line}`)
  return parsed
}

/** What was made of a request, or the code of its refusal. */
function read(
  line: string,
  lines: readonly string[] = ['Host: gw.test'],
  trusted = false,
): Inbound | string {
  const inbound = readInbound(listening, head(line, lines), trusted, '127.0.0.1:8080', undefined)
  return inbound instanceof Fault ? inbound.code : inbound
}

function served(...input: Parameters<typeof read>): Inbound {
  const inbound = read(...input)
  if (typeof inbound === 'string') assert.fail(`${inbound}: ${input.join()}`)
  return inbound
}

test('path and query are told apart; the query stays byte for byte', () => {
  const { path, query, method, listener } = served('GET /a/./b%41?x=%E9&&y=/../? HTTP/1.1')
  assert.deepEqual([path, query, method, listener], ['/a/bA', '?x=%E9&&y=/../?', 'GET', 'main'])
  assert.equal(served('GET /? HTTP/1.1').query, '?')
  assert.equal(served('GET / HTTP/1.1').query, '')
})

test('a host is named once, and well', () => {
  const { host, authority } = served('GET / HTTP/1.1', ['Host: GW.test:8080'])
  assert.deepEqual([host, authority], ['gw.test', 'gw.test:8080'])
  const bad = [
    [],
    ['Host: a', 'Host: b'],
    ['Host: a', 'Host: a'],
    ['Host:'],
    ['Host: a b'],
    ['Host: a,b'],
    ['Host: u@a'],
    ['Host: a/b'],
    ['Host: a:x'],
    ['Host: [::1'],
    ['Host: http://a'],
    ['Host: a?b'],
    ['Host: \xe9'],
  ]
  for (const lines of bad)
    assert.equal(read('GET / HTTP/1.1', lines), 'BAD_HOST', JSON.stringify(lines))
})

test('HTTP/1.0 may leave the host out, but not double it', () => {
  assert.equal(served('GET / HTTP/1.0', []).authority, '127.0.0.1:8080')
  assert.equal(served('GET / HTTP/1.0', ['Host: a.test']).host, 'a.test')
  assert.equal(read('GET / HTTP/1.0', ['Host: a', 'Host: b']), 'BAD_HOST')
})

test('in absolute form the authority of the target counts, and Host must be sound all the same', () => {
  const { host, authority, path, query } = served('GET HTTP://A.test:81/x/../page?q HTTP/1.1', [
    'Host: b.test',
  ])
  assert.deepEqual([host, authority, path, query], ['a.test', 'a.test:81', '/page', '?q'])
  assert.deepEqual(
    [served('GET http://a.test HTTP/1.1').path, served('GET http://a.test?q HTTP/1.1').query],
    ['/', '?q'],
  )
  assert.equal(read('GET http://a.test/ HTTP/1.1', []), 'BAD_HOST')
  assert.equal(read('GET http://a.test/ HTTP/1.1', ['Host: a b']), 'BAD_HOST')
  for (const authorityPart of ['u@a.test', 'a.test:0', 'a%2etest', 'a.test:x', '[::1', '\\a']) {
    assert.equal(read(`GET http://${authorityPart}/ HTTP/1.1`), 'BAD_HOST', authorityPart)
  }
})

test('a target for another scheme than the listener speaks is misdirected', () => {
  assert.equal(read('GET https://a.test/ HTTP/1.1'), 'MISDIRECTED')
})

test('a target of another form is refused', () => {
  for (const target of [
    'a',
    'a.test:80',
    '*',
    '?x',
    'ftp://a/',
    'http:/a',
    'http://',
    'http:///x',
    'http:a',
    '@127.0.0.1/x',
    '\\a',
  ]) {
    assert.equal(read(`GET ${target} HTTP/1.1`), 'BAD_REQUEST', target)
  }
  assert.equal(served('OPTIONS * HTTP/1.1').path, '*')
})

test('a path or query that can be read in two ways is refused', () => {
  for (const target of [
    '//127.0.0.1/x',
    '/a//b',
    '/a#b',
    '/a?b#c',
    '/../x',
    '/a\\b',
    '/%',
    '/%00',
    'http://a.test#b',
    'http://a.test//b',
  ]) {
    assert.equal(read(`GET ${target} HTTP/1.1`), 'BAD_PATH', target)
  }
})

test('CONNECT and TRACE are not served', () => {
  assert.equal(read('CONNECT a.test:443 HTTP/1.1'), 'METHOD_NOT_SUPPORTED')
  assert.equal(read('TRACE / HTTP/1.1'), 'METHOD_NOT_SUPPORTED')
})

test('the one expectation there is can be met, from HTTP/1.1 on', () => {
  assert.equal(served('POST / HTTP/1.1', ['Host: a', 'Expect: 100-Continue']).expectsContinue, true)
  assert.equal(served('POST / HTTP/1.0', ['Expect: 100-continue']).expectsContinue, false)
  assert.equal(served('POST / HTTP/1.1').expectsContinue, false)
  for (const lines of [['Expect: x'], ['Expect:'], ['Expect: 100-continue', 'Expect: x']]) {
    assert.equal(read('POST / HTTP/1.1', ['Host: a', ...lines]), 'EXPECTATION_FAILED')
  }
})

test('the scheme is the listener’s, unless a trusted proxy says otherwise', () => {
  const lines = ['Host: a', 'X-Forwarded-Proto: https']
  assert.equal(served('GET / HTTP/1.1', lines).scheme, 'http')
  assert.equal(served('GET / HTTP/1.1', lines, true).scheme, 'https')
})

test('what could not be read has as much of a view as there is, for the log', () => {
  const { path, authority, query } = unreadable(
    listening,
    head('GET /a//b?secret HTTP/1.1', ['Host: x y']),
  )
  assert.deepEqual([path, authority, query], ['/a//b', 'x y', ''])
})
