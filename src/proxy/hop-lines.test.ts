import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { continuedHopLines, freshHopLines, viaLine } from './hop-lines.ts'

const ORIGIN = { peer: '198.51.100.7', scheme: 'https', authority: 'api.test:8443', port: 8443 }

function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\r\n`).join('')
}

test('of a client that nobody vouches for the next hop learns what the gateway saw', () => {
  assert.equal(
    freshHopLines(ORIGIN),
    lines(
      'x-forwarded-for: 198.51.100.7',
      'x-forwarded-proto: https',
      'x-forwarded-host: api.test:8443',
      'x-forwarded-port: 8443',
      'forwarded: for=198.51.100.7;host="api.test:8443";proto=https',
    ),
  )
})

test('an IPv6 address is quoted where the grammar asks for it', () => {
  const told = freshHopLines({ ...ORIGIN, peer: '2001:db8::1', authority: '[2001:db8::2]' })
  assert.match(told, /^x-forwarded-for: 2001:db8::1\r\n/)
  assert.match(told, /forwarded: for="\[2001:db8::1\]";host="\[2001:db8::2\]";proto=https\r\n$/)
})

test('a trusted proxy is one hop more in the chain it tells of', () => {
  const headers = new HeaderList([
    'x-forwarded-for',
    '203.0.113.9',
    'x-forwarded-for',
    '192.0.2.1',
    'x-forwarded-host',
    'shop.test',
    'x-forwarded-port',
    '443',
    'forwarded',
    'for=6.6.6.6',
  ])
  assert.equal(
    continuedHopLines(ORIGIN, headers, '192.0.2.1'),
    lines(
      'x-forwarded-for: 203.0.113.9, 192.0.2.1, 198.51.100.7',
      'x-forwarded-proto: https',
      'x-forwarded-host: shop.test',
      'x-forwarded-port: 443',
      'forwarded: for=192.0.2.1, for=198.51.100.7;host="api.test:8443";proto=https',
    ),
  )
})

test('the chain of one family is told in the other, unless that was left to the client', () => {
  const headers = new HeaderList(['forwarded', 'for="[2001:db8::1]:443"'])
  const told = continuedHopLines(ORIGIN, headers, '2001:db8::1')
  assert.match(told, /^x-forwarded-for: 2001:db8::1, 198\.51\.100\.7\r\n/)
  assert.match(told, /\r\nforwarded: for="\[2001:db8::1\]:443", for=198\.51\.100\.7;/)
})

test('a trusted proxy that says nothing is told of as any client is', () => {
  assert.equal(continuedHopLines(ORIGIN, new HeaderList(), ORIGIN.peer), freshHopLines(ORIGIN))
})

test('Via tells of every hop in one field, ours last, with the version the request came in', () => {
  assert.equal(viaLine(new HeaderList(), '1.0'), 'via: 1.0 gateway\r\n')
  assert.equal(
    viaLine(new HeaderList(['via', '1.1 a', 'via', '1.0 b']), '1.1'),
    'via: 1.1 a, 1.0 b, 1.1 gateway\r\n',
  )
})
