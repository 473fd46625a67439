import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { normalizePath } from '#http/path'

/** Every string that the pieces make, in any order: the shapes that attacks are made of. */
const pieces =
  '/ // . .. %2e %2E %2f %2F %5c %5C ; ;x %3b %25 a admin %61 % %2 %zz %00 \\ # \u00e9 %c0%ae'
const hostilePath = fc
  .array(fc.constantFrom(...pieces.split(' ')), { maxLength: 10 })
  .map((chosen) => `/${chosen.join('')}`)

test('a plain path is its own normal form', () => {
  for (const path of ['/', '/a', '/a/', '/orders/42/items', "/a.b/..c/d;x=1/(e)!$&'*+,=:@~[f]"]) {
    assert.equal(normalizePath(path), path)
  }
})

test('dot segments are resolved, in whatever spelling', () => {
  const cases = {
    '/public/../admin/secret': '/admin/secret',
    '/public/x/../../admin/secret': '/admin/secret',
    '/public/./../admin/secret': '/admin/secret',
    '/./admin/secret': '/admin/secret',
    '/public/%2e%2E/admin': '/admin',
    '/public/.%2e/admin': '/admin',
    '/a/.': '/a/',
    '/a/..': '/',
    '/a/b/..': '/a/',
    '/.': '/',
    '/a/...': '/a/...',
    '/public/%3f/../../admin/secret': '/admin/secret',
  }
  for (const [raw, normal] of Object.entries(cases)) assert.equal(normalizePath(raw), normal, raw)
})

test('unreserved characters are decoded, once', () => {
  assert.equal(normalizePath('/%61dmin/%7E%2D%5f'), '/admin/~-_')
  assert.equal(normalizePath('/%2561dmin/%252e%252e/x'), '/%2561dmin/%252e%252e/x')
})

test('every other escape keeps the bytes the client sent', () => {
  for (const path of [
    '/api/queues/%2F/q1',
    '/api/a%2fb/',
    '/%C3%a9',
    '/a%23b%3F',
    '/x%5cy',
    '/%ff',
  ]) {
    assert.equal(normalizePath(path), path)
  }
})

test('a path that climbs above the root is refused', () => {
  for (const path of ['/..', '/../a', '/a/../..', '/svc/../../b/secret', '/%2e%2e/']) {
    assert.equal(normalizePath(path), undefined, path)
  }
})

test('a path with an empty segment is refused, wherever it is', () => {
  for (const path of [
    '//',
    '//admin',
    '/admin//secret',
    '///admin',
    '/a//..',
    '/a/..//b',
    '/a//',
  ]) {
    assert.equal(normalizePath(path), undefined, path)
  }
})

test('what a path may not hold is refused', () => {
  const paths = 'a * @h/x /a\tb /a\0 /a#b /\\h/x /\u00e9 /a?b /" /<'.split(' ')
  for (const path of ['', '/a b', ...paths]) assert.equal(normalizePath(path), undefined, path)
})

test('malformed, control and overlong escapes are refused', () => {
  const malformed = '/% /%2 /%zz /%%41 /%2%35 /x%00 /%0d%0aX-Admin:%201 /%7f /%1F'
  const overlong = '/%c0%ae%c0%ae/x /%C1%9C /%e0%80%af /%f0%80%80%ae'
  for (const path of `${malformed} ${overlong}`.split(' ')) {
    assert.equal(normalizePath(path), undefined, path)
  }
})

test('dots that only some readers take for a dot segment are refused', () => {
  const parameters = '/public/..;/admin /public/..;x=1/admin /public/.;/x /a/%2e%2e;/b /a/..%3b/b'
  const slashes = '/public/..%2fadmin /public/%2e%2e%2fadmin /a/..%5cadmin /a/x%2f.. /a/x%5C../b'
  const both = '/public%2f..%2fadmin/secret /a/.%2fb /a/x%2f..;y /a/x%2f.%2Fz'
  for (const path of `${parameters} ${slashes} ${both}`.split(' ')) {
    assert.equal(normalizePath(path), undefined, path)
  }
})

test('the normal form is its own normal form, and holds nothing left to resolve', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.oneof(hostilePath, fc.webPath()), (raw) => {
      const path = normalizePath(raw)
      if (path === undefined) return
      accepted++
      assert.equal(normalizePath(path), path)
      const readings = [path, path.replace(/;[^/]*/g, ''), path.replace(/%2f|%5c/gi, '/')]
      for (const reading of readings) assert.doesNotMatch(reading, /\/\.\.?(\/|;|$)/)
      assert.doesNotMatch(path, /\/\/|%2e/i)
    }),
    { numRuns: 1000 },
  )
  assert.ok(accepted > 100)
})

test('dot segments resolve as the URL standard says, whenever the path is accepted', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', '.', '..', '%2e', 'c.d', '..e')), (segments) => {
      const raw = `/${segments.join('/')}`
      const path = normalizePath(raw)
      if (path !== undefined) assert.equal(path, new URL(raw, 'http://h').pathname)
    }),
  )
})
