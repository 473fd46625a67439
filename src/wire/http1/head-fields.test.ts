import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestHead } from '#wire/head'
import { parseRequestHead } from './head.ts'

function parse(text: string, trusted = false): RequestHead {
  const head = parseRequestHead(text, 8_192, 100, trusted)
  if (typeof head === 'string') assert.fail(`${head}: ${text}`)
  return head
}

function accepted(...lines: string[]): RequestHead {
  return parse(['GET / HTTP/1.1', ...lines, ''].join('\r\n'))
}

test('what frames and routes is counted and kept apart, not passed on', () => {
  const head = accepted(
    'Host: a',
    'HOST: b',
    'Content-Length: 1',
    'content-length: 2',
    'Transfer-Encoding: x',
    'transfer-encoding: y',
  )
  assert.deepEqual([head.hosts, head.contentLengths, head.transferEncodings], [2, 2, 2])
  assert.deepEqual(head.headers.flat, [])
})

test('what is for this connection alone is not passed on', () => {
  const head = accepted(
    'Connection: keep-alive',
    'Keep-Alive: timeout=5',
    'TE: gzip, trailers',
    'Trailer: x',
    'Upgrade: websocket',
    'Proxy-Connection: x',
    'Proxy-Authorization: x',
    'Expect: 100-continue',
    'Accept: */*',
  )
  assert.deepEqual(head.headers.flat, ['accept', '*/*'])
  assert.deepEqual(
    [head.keepAliveHint, head.upgrade, head.expect],
    ['timeout=5', 'websocket', '100-continue'],
  )
  assert.deepEqual(
    [head.teTrailers, head.connectionKeepAlive, head.connectionClose],
    [true, true, false],
  )
})

test('TE names trailers only as a whole member of its list', () => {
  for (const value of ['trailers', 'Trailers', 'gzip;q=0.5, trailers', 'trailers\t,gzip']) {
    assert.equal(accepted(`TE: ${value}`).teTrailers, true, value)
  }
  for (const value of ['', 'trailersx', 'x-trailers', 'gzip']) {
    assert.equal(accepted(`TE: ${value}`).teTrailers, false, value)
  }
})

test('fields that Connection names go, from all its lines, through empty members, tabs and odd case', () => {
  const head = accepted(
    'Connection: ,x-hop-a ,\tX-HOP-B',
    'CONNECTION: keep-alive,,X-hop-c',
    'X-Hop-A: 1',
    'x-hop-b: 2',
    'X-Keep: yes',
    'X-HOP-C: 3',
    'x-hop-a: 4',
  )
  assert.deepEqual(head.headers.flat, ['x-keep', 'yes'])
  assert.equal(head.connectionKeepAlive, true)
})

test('close and keep-alive are options in any case, and nothing that only looks like them', () => {
  for (const value of ['close', 'Close', 'x, CLOSE', 'close\t, x']) {
    assert.equal(accepted(`Connection: ${value}`).connectionClose, true, value)
  }
  for (const value of ['closed', 'x-close', 'close\xa0', '"close"']) {
    assert.equal(accepted(`Connection: ${value}`).connectionClose, false, value)
  }
})

test('Connection cannot remove what every recipient must see', () => {
  const names = [
    'Authorization',
    'Cookie',
    'Content-Type',
    'Content-Encoding',
    'Cache-Control',
    'Date',
  ]
  const head = accepted(
    `Connection: close, host, content-length, ${names.join(', ')}`,
    'Host: a',
    'Content-Length: 0',
    ...names.map((name) => `${name}: 1`),
  )
  assert.equal(head.headers.flat.length, names.length * 2)
  assert.deepEqual([head.hosts, head.contentLengths], [1, 1])
})

test('what proxies say is dropped, unless the peer is trusted; then Connection cannot remove it', () => {
  const names = [
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Anything',
    'X-Real-IP',
    'X-Request-Id',
    'Traceparent',
    'X-Original-URL',
  ]
  const text = `GET / HTTP/1.1\r\nConnection: x-forwarded-for, forwarded\r\n${names.map((name) => `${name}: 1\r\n`).join('')}A: 1\r\n`
  assert.deepEqual(parse(text).headers.flat, ['a', '1'])
  assert.equal(parse(text, true).headers.flat.length, names.length * 2 + 2)
})

test('look-alikes of reserved names are dropped, whoever sends them', () => {
  const text =
    'GET / HTTP/1.1\r\nX_Forwarded_For: 1\r\nContent_Length: 5\r\nTransfer_Encoding: chunked\r\nx_tenant: a\r\n'
  for (const trusted of [false, true]) {
    const head = parse(text, trusted)
    assert.deepEqual(head.headers.flat, ['x_tenant', 'a'])
    assert.deepEqual([head.contentLengths, head.transferEncodings], [0, 0])
  }
})

test('several expectations are seen as several', () => {
  assert.equal(accepted('Expect: 100-continue', 'Expect: other').expect, '100-continue, other')
})
