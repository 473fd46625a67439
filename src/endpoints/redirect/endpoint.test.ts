import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EndpointHost, Fault, type Params, type Reply } from '#sdk/index'
import { newParams } from '#sdk/params'
import { exchangeFor, quietHost } from '../../../test/kit/exchange.ts'
import { redirect } from './endpoint.ts'

function go(
  options: unknown,
  params: Params = {},
  query = '?q=%zz+a',
): [number, string | undefined] {
  const endpoint = redirect.create(redirect.options.parse(options), quietHost as EndpointHost)
  const { status, headers } = endpoint(exchangeFor({ path: '/old', query, params })) as Reply
  return [status, headers.get('location')]
}

const below = (rest: string) => newParams(`/old${rest}`, '**', 1)

test('a final ** carries over what that of the route took, and the query byte for byte', () => {
  assert.deepEqual(go('/new/**', below('/a%2Fb/c')), [308, '/new/a%2Fb/c?q=%zz+a'])
  assert.deepEqual(go('/new/**', below('')), [308, '/new?q=%zz+a'])
})

test('status, query and another host are what was written', () => {
  assert.deepEqual(go({ to: '/x', status: 301, query: 'drop' }), [301, '/x'])
  assert.deepEqual(go('https://b.test:8443/u/{id}?from={id}', { id: 'a&b' }), [
    308,
    'https://b.test:8443/u/a&b?from=a%26b',
  ])
  assert.deepEqual(go('https://b.test'), [308, 'https://b.test/?q=%zz+a'])
  assert.deepEqual(go('https://b.test?x'), [308, 'https://b.test/?x'])
  assert.deepEqual(go('/x?'), [308, '/x'])
})

test('no value changes the host that the client is sent to', () => {
  assert.deepEqual(go('/{id}', { id: '/evil.test' }, ''), [308, '/%2Fevil.test'])
  assert.deepEqual(go('/{id}', { id: '\\evil.test' }, ''), [308, '/%5Cevil.test'])
  assert.deepEqual(go('https://b.test/{id}', { id: '@evil.test' }, ''), [
    308,
    'https://b.test/@evil.test',
  ])
  assert.throws(() => go('/{id}/x', { id: '' }), Fault)
  for (const to of [
    '//evil.test',
    'https://{id}/x',
    'https://a{id}.test/',
    'https://a@b.test/',
    'x',
    '{id}',
    'javascript:x',
  ]) {
    assert.ok(!redirect.options.safeParse(to).success, to)
  }
})

test('a wrong target is told by what was expected', () => {
  const { error } = redirect.options.safeParse('new')
  assert.match(JSON.stringify(error!.issues), /expected a path such as/)
  assert.ok(!redirect.options.safeParse({ to: '/x', status: 200 }).success)
})
