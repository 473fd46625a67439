import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList, type Params, Reply } from '#sdk/index'
import { newParams } from '#sdk/params'
import { exchangeFor, quietHost } from '../../../test/kit/exchange.ts'
import { rewrite } from './filter.ts'

function rewritten(template: string, path: string, params?: Params, location = '/') {
  const filter = rewrite.create(rewrite.options.parse(template), quietHost)
  const ex = exchangeFor({ path, query: '?q=a+b', ...(params && { params }) })
  void filter.onRequest!(ex)
  const reply = new Reply(302, new HeaderList(['location', location]), undefined, 'service')
  void filter.onReply!(ex, reply)
  assert.equal(ex.request.path, path)
  return { to: ex.forward.path + ex.forward.query, location: reply.headers.get('location') }
}

test('the path is the new one, and the query of the client stays', () => {
  assert.equal(rewritten('/internal/{id}', '/u/42', { id: '42' }).to, '/internal/42?q=a+b')
})

test('a new path with a query replaces that of the client', () => {
  assert.equal(rewritten('/i?id={id}', '/u/4&2', { id: '4&2' }).to, '/i?id=4%262')
  assert.equal(rewritten('/i?', '/u', {}).to, '/i')
})

test('what the route’s ** took is carried over, and back in locations', () => {
  const carried = (location: string) =>
    rewritten('/internal/**', '/app/a/b', newParams('/app/a/b', '**', 1), location)
  assert.equal(carried('/').to, '/internal/a/b?q=a+b')
  assert.equal(carried('/internal/c?d').location, '/app/c?d')
  assert.equal(carried('/login').location, '/login')
  const named = newParams('/app/a/b', 'rest', 1)
  named['rest'] = 'a/b'
  assert.equal(rewritten('/{rest}', '/app/a/b', named, '/c').location, '/app/c')
})

const moved = (location: string) => rewritten('/i/{id}', '/u/42', { id: '42' }, location).location

test('without ** a location is put right below the same path alone', () => {
  assert.equal(moved('/i/42/edit'), '/u/42/edit')
  assert.equal(moved('/i/43'), '/i/43')
})

test('a template that is no path is refused with what was expected', () => {
  const { error } = rewrite.options.safeParse('internal/{id}')
  assert.match(error!.issues[0]!.message, /expected a path from \//)
})
