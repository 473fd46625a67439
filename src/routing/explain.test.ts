import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { createRouterBuilder } from './router-builder.ts'

test('every route that is near says why it won or lost, most specific first', () => {
  const builder = createRouterBuilder<number>()
  const rules = [
    { name: 'all', path: '/orders/**' },
    { name: 'one', path: '/orders/{id}', methods: ['GET'] },
    { name: 'put', path: '/orders/{id}', methods: ['PUT'] },
    { name: 'beta', path: '/orders/{id}', methods: ['GET'], headers: { 'x-beta': '1' } },
    { name: 'items', path: '/orders/{id}/items' },
    { name: 'other', host: ['b.test'], path: '/orders/7' },
    { name: 'internal', listener: ['internal'], path: '/orders/7' },
    { name: 'far', path: '/users/{id}' },
  ]
  rules.forEach((rule, n) => assert.deepEqual(builder.add(rule, n), []))
  const headers = new HeaderList()
  const request = { method: 'HEAD', host: 'a.test', path: '/orders/7', query: '', headers }
  const verdicts = builder.build().explain({ ...request, listener: 'public' })
  assert.deepEqual(
    verdicts.map(({ rule, won, reason }) => [rule, won, reason]),
    [
      ['other', false, 'host does not match'],
      ['internal', false, 'listener public not in internal'],
      ['items', false, 'path does not match'],
      ['beta', false, 'header x-beta is not "1"'],
      ['one', true, 'the most specific that holds'],
      ['put', false, 'method HEAD not in PUT'],
      ['all', false, 'more specific: /orders/{id} (one)'],
    ],
  )
})
