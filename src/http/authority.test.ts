import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAuthority } from '#http/authority'

const host = (text: string) => parseAuthority(text)?.host

test('a host is read in lower case, with its port apart', () => {
  assert.deepEqual(parseAuthority('API.Shop.example:8080'), {
    host: 'api.shop.example',
    port: 8080,
    text: 'api.shop.example:8080',
  })
  assert.deepEqual(parseAuthority('gw.test'), { text: 'gw.test', host: 'gw.test', port: undefined })
  assert.deepEqual(parseAuthority('127.0.0.1:80'), {
    text: '127.0.0.1:80',
    host: '127.0.0.1',
    port: 80,
  })
})

test('an IPv6 literal keeps its brackets and has one spelling', () => {
  assert.deepEqual(parseAuthority('[::1]:8080'), { text: '[::1]:8080', host: '[::1]', port: 8080 })
  assert.equal(host('[0:0:0:0:0:0:0:1]'), '[::1]')
  assert.equal(host('[2001:DB8::a]'), '[2001:db8::a]')
})

test('one dot at the end names the same host', () => {
  assert.equal(host('a.test.'), 'a.test')
  assert.equal(host('a.test..'), undefined)
})

test('what is no host, or not the same to every reader, is refused', () => {
  const names =
    '. a..b .a user@a a:b@c a%2eb a/b a\\b a#b a?b a,b \u00e9.test a\0 a\t * *.test {a}.test'
  const ports = 'a: a:0 a:080 a:65536 a:x a:-1 a:80:80 :80 ::1 [::1 ::1] [::1]x [::1]:'
  const addresses =
    '[] [:::] [1.2.3.4] [::1%25eth0] [v1.a] 256.1.1.1 1.2.3 0x7f.1 127.1 127.0.0.01 a.0x'
  const long = ['a'.repeat(64), `${'a.'.repeat(127)}abc`]
  for (const text of ['', 'a b', ...`${names} ${ports} ${addresses}`.split(' '), ...long]) {
    assert.equal(parseAuthority(text), undefined, text)
  }
})

test('asking again gives the same answer, for hosts and for what is none', () => {
  for (const text of ['a.test', 'a.test', 'no host', 'no host', 'a.test']) {
    assert.equal(host(text), text === 'a.test' ? 'a.test' : undefined)
  }
})
