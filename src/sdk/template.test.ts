import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { normalizePath } from '#http/path'
import { Fault } from '#sdk/fault'
import { newParams } from '#sdk/params'
import {
  namesInTemplates,
  parsePathAndQuery,
  parseTemplate,
  type Place,
  Template,
} from '#sdk/template'

function read(text: string, place: Place): Template {
  const parsed = parseTemplate(text, place)
  assert.ok(parsed instanceof Template, `${text}: ${JSON.stringify(parsed)}`)
  return parsed
}

const render = (text: string, place: Place, params: Record<string, string> = {}) =>
  read(text, place).render(params)

/** Of a route `/old/**`. */
const old = (path: string) => newParams(path, '**', 1)

const hostile = fc.string({
  unit: fc.constantFrom(...'a1/\\.;%?#&= \r\n\0\u00e9中😀"<+:@'.split('')),
})

test('a parameter stands where its name does, and a doubled brace is a brace', () => {
  assert.equal(render('/u/{id}/x', 'path', { id: '42' }), '/u/42/x')
  assert.equal(render('a {{b} {id}', 'header', { id: 'c' }), 'a {b} c')
  assert.deepEqual(read('/{a}/{b}/{a}', 'path').names, ['a', 'b'])
})

test('a value in a path never adds a segment, a query or a fragment', () => {
  assert.equal(
    render('/u/{id}', 'path', { id: 'a/b?c#d%e;f\\g é' }),
    '/u/a%2Fb%3Fc%23d%25e%3Bf%5Cg%20%C3%A9',
  )
  assert.equal(
    render('/u/{id}', 'path', { id: "a:b@c$d&e+f,g=h!'()*~" }),
    "/u/a:b@c$d&e+f,g=h!'()*~",
  )
})

test('a value that would be a dot segment is refused', () => {
  for (const id of ['.', '..', '../x', '']) {
    assert.throws(
      () => render('/a/{id}/b', 'path', { id }),
      (e) => e instanceof Fault && e.code === 'BAD_PATH',
    )
  }
})

test('whatever a value holds, the path has the segments of its template and is in normal form', () => {
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      let path
      try {
        path = render('/x/{a}/y/{b}.json', 'path', { a, b })
      } catch (error) {
        assert.ok(error instanceof Fault)
        return
      }
      assert.equal(path.split('/').length, 5)
      assert.equal(normalizePath(path), path)
      assert.equal(decodeURIComponent(path.split('/')[2]!), a.toWellFormed())
    }),
  )
})

test('what ** took stays as the client wrote it', () => {
  const named = newParams('/files/a%2Fb/c:d', 'rest', 1)
  named['rest'] = 'a/b/c:d'
  assert.equal(render('/f/{rest}', 'path', named), '/f/a%2Fb/c:d')
  assert.equal(render('?f={rest}', 'query', named), '?f=a%2Fb%2Fc%3Ad')
  assert.equal(render('/new/**', 'path', old('/old/a%2fb/')), '/new/a%2fb/')
  assert.equal(render('/new/**', 'path', old('/old')), '/new')
  assert.equal(render('/new/**', 'path', old('/old/')), '/new/')
  assert.equal(render('/**', 'path', old('/old')), '/')
})

test('a value in a query never adds a member', () => {
  assert.equal(render('?a={id}&b=1', 'query', { id: 'x&y=z#+ %' }), '?a=x%26y%3Dz%23%2B%20%25&b=1')
})

test('a value in a header is printable ASCII, and decodes to what it was', () => {
  const id = 'Zoë 中\r\nX-Admin: 1'
  const value = render('{id}', 'header', { id })
  assert.equal(value, 'Zo%C3%AB %E4%B8%AD%0D%0AX-Admin: 1')
  fc.assert(
    fc.property(hostile, (text) => {
      const header = render('{id}', 'header', { id: text })
      assert.match(header, /^[ -~]*$/)
      assert.equal(decodeURIComponent(header), text.toWellFormed())
    }),
  )
})

test('a template that could not stand in its place is refused, with what was expected', () => {
  const cases: [string, Place, RegExp][] = [
    ['/a/{id', 'path', /without its }/],
    ['/a/{claims.sub}', 'path', /a path parameter/],
    ['/a/{}', 'path', /a path parameter/],
    ['x/{id}', 'path', /path from \//],
    ['/a//b', 'path', /path from \//],
    ['/a/../{id}', 'path', /path from \//],
    ['/a/**/b', 'path', /\*\* inside/],
    ['/a b', 'path', /path from \//],
    ['', 'path', /path from \//],
    ['?a b', 'query', /without spaces/],
    ['?a#b', 'query', /without spaces/],
    ['?{**}', 'query', /a path parameter/],
    ['a\r\nb', 'header', /without line breaks/],
    ['中', 'header', /Latin-1/],
  ]
  for (const [text, place, complaint] of cases) {
    const parsed = parseTemplate(text, place)
    assert.ok(typeof parsed === 'string', text)
    assert.match(parsed, complaint)
  }
})

test('a path with a query is two templates', () => {
  const both = parsePathAndQuery('/items?id={id}')
  assert.ok(typeof both === 'object')
  assert.equal(both.path.render({}), '/items')
  assert.equal(both.query?.render({ id: '1' }), '?id=1')
  assert.equal((parsePathAndQuery('/x') as { query: unknown }).query, undefined)
  assert.equal((parsePathAndQuery('/x?') as { query: Template }).query.render({}), '')
  assert.equal(typeof parsePathAndQuery('x?'), 'string')
})

test('a parameter that the route lacks is found beforehand, and fails at run time', () => {
  const options = { a: [read('/{x}', 'path')], b: { c: read('{y}', 'header'), d: 'e' } }
  assert.deepEqual(namesInTemplates(options), ['x', 'y'])
  assert.throws(() => read('/{toString}', 'path').render(newParams('/')), /no \{toString\}/)
})
