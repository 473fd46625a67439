import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StageTable } from './stage-table.ts'

const table = new StageTable([
  { name: 'production', hosts: ['api.shop.example'], pathPrefix: '' },
  { name: 'staging', hosts: ['staging.shop.example'], pathPrefix: '' },
  { name: 'qa', hosts: ['staging.shop.example'], pathPrefix: '/qa' },
  { name: 'nightly', hosts: ['staging.shop.example'], pathPrefix: '/qa/nightly' },
  { name: 'reviews', hosts: ['*.review.shop.example'], pathPrefix: '' },
  { name: 'pinned', hosts: ['a.review.shop.example'], pathPrefix: '/pinned' },
])
const find = (host: string, path: string): string => {
  const staged = table.find(host, path)
  return staged === undefined ? 'none' : `${staged.stage} ${staged.path}`
}

test('the host and the longest prefix of whole segments decide, and the prefix is taken off', () => {
  assert.equal(find('api.shop.example', '/qa/orders'), 'production /qa/orders')
  assert.equal(find('staging.shop.example', '/orders'), 'staging /orders')
  assert.equal(find('staging.shop.example', '/qa/orders/'), 'qa /orders/')
  assert.equal(find('staging.shop.example', '/qa/nightly/orders'), 'nightly /orders')
  assert.equal(find('staging.shop.example', '/qa'), 'qa /')
  assert.equal(find('staging.shop.example', '/qa/'), 'qa /')
  assert.equal(find('staging.shop.example', '/qax/orders'), 'staging /qax/orders')
  assert.equal(find('staging.shop.example', '/QA/orders'), 'staging /QA/orders')
  assert.equal(find('x.y.review.shop.example', '/orders'), 'reviews /orders')
})

test('no request is of a stage by accident: the most specific host decides alone', () => {
  assert.equal(find('a.review.shop.example', '/pinned/x'), 'pinned /x')
  assert.equal(find('a.review.shop.example', '/orders'), 'none')
  assert.equal(table.has('a.review.shop.example'), true)
  assert.equal(find('shop.example', '/orders'), 'none')
  assert.equal(table.has('shop.example'), false)
  assert.equal(table.has('review.shop.example'), false)
})

test('a prefix is the same prefix however its characters are escaped', () => {
  const escaped = new StageTable([{ name: 'q', hosts: ['h'], pathPrefix: '/q%40a' }])
  assert.deepEqual(escaped.find('h', '/q@a/x'), { stage: 'q', prefix: '/q%40a', path: '/x' })
  assert.deepEqual(escaped.find('h', '/q%40a/x'), { stage: 'q', prefix: '/q%40a', path: '/x' })
})

test('one stage alone takes any host, with its prefix or without', () => {
  const alone = new StageTable([{ name: 'qa', hosts: [], pathPrefix: '/qa' }])
  assert.deepEqual(alone.find('any', '/qa/x'), { stage: 'qa', prefix: '/qa', path: '/x' })
  assert.deepEqual(alone.find('any', '/x'), { stage: 'qa', prefix: '', path: '/x' })
})
