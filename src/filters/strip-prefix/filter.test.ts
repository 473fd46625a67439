import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList, Reply } from '#sdk/index'
import { exchangeFor, quietHost } from '../../../test/kit/exchange.ts'
import { stripPrefix } from './filter.ts'

const filter = stripPrefix.create(stripPrefix.options.parse('/svc'), quietHost)

function stripped(path: string) {
  const ex = exchangeFor({ path, query: '?a=1' })
  void filter.onRequest!(ex)
  assert.equal(ex.request.path, path, 'what the client asked stays')
  assert.equal(ex.forward.query, '?a=1')
  return ex.forward.path
}

test('the prefix is taken off on whole segments', () => {
  assert.equal(stripped('/svc/a/b'), '/a/b')
  assert.equal(stripped('/svc/'), '/')
  assert.equal(stripped('/svc'), '/')
  assert.equal(stripped('/svcx/a'), '/svcx/a')
  assert.equal(stripped('/a/svc/b'), '/a/svc/b')
})

test('it is put back into locations and cookie paths', () => {
  const reply = new Reply(
    302,
    new HeaderList(['location', '/x', 'set-cookie', 'a=1; Path=/', 'set-cookie', 'b=2; Path=/x']),
    undefined,
    'service',
  )
  void filter.onReply!(exchangeFor({ path: '/svc/go' }), reply)
  assert.equal(reply.headers.get('location'), '/svc/x')
  assert.deepEqual(reply.headers.all('set-cookie'), ['a=1; Path=/svc', 'b=2; Path=/svc/x'])
})

test('a prefix that no path has is refused', () => {
  for (const prefix of ['svc', '/', '', '/a//b', '/a/../b', 'http://x/']) {
    assert.ok(!stripPrefix.options.safeParse(prefix).success, prefix)
  }
  assert.equal(stripPrefix.options.parse('/svc/'), '/svc')
})
