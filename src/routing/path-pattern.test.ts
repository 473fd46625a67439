import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Complaint } from './complaint.ts'
import { matchForm, otherReadings, slashReadings } from './match-form.ts'
import { parsePathPattern, patternMatches } from './path-pattern.ts'

function pattern(text: string) {
  const parsed = parsePathPattern(text)
  assert.ok(!(parsed instanceof Complaint), `${text}: ${JSON.stringify(parsed)}`)
  return parsed
}

const matches = (text: string, path: string) => patternMatches(pattern(text), matchForm(path))

test('a literal is exactly that path', () => {
  assert.ok(matches('/orders', '/orders'))
  for (const path of ['/orders/', '/ordersx', '/Orders', '/order', '/orders/x']) {
    assert.ok(!matches('/orders', path), path)
  }
  assert.ok(matches('/', '/'))
})

test('a parameter is one segment, not empty', () => {
  assert.ok(matches('/orders/{id}', '/orders/42'))
  for (const path of ['/orders', '/orders/', '/orders/42/', '/orders/4/2']) {
    assert.ok(!matches('/orders/{id}', path), path)
  }
})

test('two stars are the path itself, it with a slash, and all below', () => {
  for (const path of ['/api', '/api/', '/api/x', '/api/x/y/']) assert.ok(matches('/api/**', path))
  for (const path of ['/apiary', '/api-internal', '/', '/x/api'])
    assert.ok(!matches('/api/**', path))
  assert.ok(matches('/**', '/'))
  assert.ok(matches('/files/{rest**}', '/files'))
  assert.deepEqual(pattern('/a/{id}/{rest**}').names, ['id', 'rest'])
})

test('text may stand around a parameter, and between several', () => {
  assert.ok(matches('/{id}.json', '/a.b.json'))
  assert.ok(!matches('/{id}.json', '/.json'))
  assert.ok(!matches('/{id}.json', '/axjson'))
  assert.ok(matches('/{id}:cancel', '/5:cancel'))
  assert.ok(matches('/compare/{base}...{head}', '/compare/v1...v2'))
  assert.ok(!matches('/compare/{base}...{head}', '/compare/...v2'))
  assert.ok(!matches('/compare/{base}...{head}', '/compare/v1...'))
  assert.ok(matches('/{a}-{b}-x', '/1-2-x'))
  assert.ok(!matches('/{a}-{b}-x', '/1-x'))
})

test('a condition is for the whole of its parameter', () => {
  assert.ok(matches('/{id:[0-9]+}', '/42'))
  for (const path of ['/42x', '/x42', '/x']) assert.ok(!matches('/{id:[0-9]+}', path), path)
  assert.ok(matches('/{id:[0-9]{3}}', '/123'))
  assert.ok(matches('/{id:[^/]{2}}/x', '/ab/x'))
  assert.ok(!matches('/{id:a|b}', '/ab'))
  assert.ok(!matches('/{id:[0-9]+}', `/${'1'.repeat(257)}`))
})

test('literals are never regular expressions', () => {
  assert.ok(matches('/a+b(c)/[d]', '/a+b(c)/[d]'))
  assert.ok(!matches('/a+b(c)/[d]', '/aab(c)/d'))
  assert.ok(!matches('/v1.0/x', '/v1x0/x'))
})

test('a path in another spelling is the same path', () => {
  assert.ok(matches('/@types/{name}', '/%40types/node'))
  assert.ok(matches('/{id}:cancel', '/5%3Acancel'))
  assert.ok(matches('/café', '/caf%c3%a9'))
  assert.ok(matches('/caf%c3%A9', '/caf%C3%a9'))
  assert.ok(matches('/a%2fb', '/a%2Fb'))
  assert.ok(!matches('/a/b', '/a%2Fb'))
  assert.ok(!matches('/a%62', '/a%2562'))
})

test('the other reading of a path drops parameters and takes backslashes for slashes', () => {
  assert.deepEqual(otherReadings(matchForm('/a;x/b%5cc%3By/d')), ['/a/b/c/d'])
  assert.deepEqual(otherReadings(matchForm('/;x/a')), ['/a'])
  assert.deepEqual(otherReadings(matchForm('/a/b')), [])
  assert.deepEqual(slashReadings(matchForm('/a%2f%2Fb%5cc;x/d')), ['/a/b/c/d'])
  assert.deepEqual(slashReadings(matchForm('/a%252Fb')), [])
})

test('a pattern that no request can match is refused, with what was expected', () => {
  const cases = {
    orders: /begins with/,
    '/a//b': /single slashes/,
    '/a/./b': /dot segments/,
    '/a/%2e%2e': /dot segments/,
    '/a/*': /\*\* as the last/,
    '/a/**/b': /as the last segment/,
    '/a/x**': /as the last segment/,
    '/a/{rest**}/b': /as the last segment/,
    '/a/{}': /a name/,
    '/a/{1x}': /a name/,
    '/a/{__proto__}': /a name/,
    '/a/{x}/{x}': /another name/,
    '/a/{x}/{x**}': /another name/,
    '/a/{x}{y}': /text between/,
    '/a/{x': /a parameter/,
    '/a/x}': /a parameter/,
    '/a?b=c': /query/,
    '/a#b': /path alone/,
    '/a;b': /without ;/,
    '/a\\b': /without ;/,
    '/a%00': /without ;/,
    '/a%zz': /%25/,
    '/{id:[}': /a regular expression/,
    '/{id:(a+)+}': /linear time/,
    '/{id:(a|a)*b}': /linear time/,
    '/{id:([a-z]+){2,}}': /linear time/,
  }
  for (const [text, expected] of Object.entries(cases)) {
    const parsed = parsePathPattern(text)
    assert.ok(parsed instanceof Complaint, text)
    assert.match(parsed.expected, expected, text)
  }
})
