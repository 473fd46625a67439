import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { markOf, Sticky, type StickyRules } from './sticky.ts'

const HOUR = 3_600_000
const KEY = Buffer.alloc(32, 7)
const NOW = 1_700_000_000_000

const sticky = (rules: Partial<StickyRules> = {}, service = 's', key = KEY, now = NOW): Sticky =>
  new Sticky({ for: HOUR, cookie: 'c', ...rules }, service, key, { wall: () => now })

const cookies = (...lines: string[]): HeaderList =>
  new HeaderList(lines.flatMap((line) => ['cookie', line]))

/** `NAME=TOKEN` of a new cookie for a target. */
const made = (by: Sticky, url = 'http://a'): string =>
  by.cookieFor(markOf(url), false).split(';')[0]!

test('a cookie names its target to whoever has the key, until its time is over', () => {
  const cookie = made(sticky())
  const read = (now: number) => sticky({}, 's', KEY, now).read(cookies(cookie))
  assert.deepEqual(read(NOW + 1), { mark: markOf('http://a'), isOld: false })
  assert.deepEqual(read(NOW + HOUR - 1), { mark: markOf('http://a'), isOld: true })
  assert.equal(read(NOW + HOUR), undefined)
})

test('every cookie is another text, and all are as long, whatever the target', () => {
  const all = ['http://a', 'http://a', 'unix:/a/very/long/path/of/a/socket'].flatMap((url) =>
    Array.from({ length: 50 }, () => made(sticky(), url)),
  )
  assert.equal(new Set(all).size, 150)
  assert.equal(new Set(all.map(({ length }) => length)).size, 1)
})

test('a cookie that was forged, or that another key or service made, says nothing', () => {
  const cookie = made(sticky())
  const changed = Array.from(cookie, (char, at) =>
    at < 2 ? '' : cookie.slice(0, at) + (char === 'A' ? 'B' : 'A') + cookie.slice(at + 1),
  )
  const wrong = [
    ...changed.filter((text) => text !== ''),
    cookie.slice(0, -4),
    `${cookie}AAAA`,
    'c=',
    'c',
    `c=${'!'.repeat(56)}`,
    made(sticky({}, 's', Buffer.alloc(32, 8))),
    made(sticky({}, 't')),
    made(sticky({ secret: 'a secret of many gateways' })),
  ]
  for (const text of wrong) {
    // The last character of base64url has bits that say nothing: only what decodes to another token is forged.
    if (Buffer.from(text.slice(2), 'base64url').equals(Buffer.from(cookie.slice(2), 'base64url')))
      continue
    assert.equal(sticky().read(cookies(text)), undefined, text)
  }
})

test('gateways that share a secret read each other’s cookies', () => {
  const secret = 'a secret of many gateways'
  const cookie = made(sticky({ secret }, 's', Buffer.alloc(32, 1)))
  const other = sticky({ secret }, 's', Buffer.alloc(32, 2))
  assert.equal(other.read(cookies(cookie))?.mark, markOf('http://a'))
})

test('it is found among other cookies, on any line, behind one that is not good', () => {
  const list = cookies('a=1; c=bad', `b=2; ${made(sticky())}; d=4`)
  assert.equal(sticky().read(list)?.mark, markOf('http://a'))
})

test('the service gets the other cookies as they came', () => {
  const cookie = made(sticky())
  const without = (...lines: string[]) =>
    sticky()
      .without(cookies(...lines))
      .all('cookie')
  assert.deepEqual(without(`a=1; ${cookie}; b="x; y"`), ['a=1; b="x; y"'])
  assert.deepEqual(without(cookie, 'a=1', 'c=forged'), ['a=1'])
  const list = cookies('a=1; cc=2')
  assert.equal(sticky().without(list), list)
})

const nameFor = (service: string) => made(sticky({ cookie: undefined }, service)).split('=')[0]!

test('the name of a cookie that was not named is that of the service alone', () => {
  assert.match(nameFor('orders'), /^affinity-[0-9a-f]{8}$/)
  assert.equal(nameFor('orders'), nameFor('orders'))
  assert.notEqual(nameFor('orders'), nameFor('users'))
})

test('it is for the browser alone, and over https only where it came that way', () => {
  const cookie = sticky().cookieFor(markOf('http://a'), false)
  assert.match(cookie, /; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/)
  assert.match(sticky().cookieFor(markOf('http://a'), true), /; Secure$/)
})
