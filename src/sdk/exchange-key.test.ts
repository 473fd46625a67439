import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { exchangeKey, readKey } from './exchange-key.ts'

const read = (written: unknown, asked: Parameters<typeof exchangeFor>[0] = {}) =>
  readKey(exchangeKey().parse(written))(exchangeFor(asked))

test('each part reads its place', () => {
  const asked = {
    headers: new HeaderList(['x-tenant', 'acme', 'cookie', 'a=1; session = s=2 ; session=3']),
    query: '?user=u%201&empty=',
    params: { id: '42' },
    consumer: { name: 'acme', groups: [] },
    claims: { sub: 'u1', level: 3, roles: ['a'] },
  }
  assert.equal(read('ip', asked), '192.0.2.1')
  assert.equal(read('route', asked), 'route')
  assert.equal(read('header:X-Tenant', asked), 'acme')
  assert.equal(read('header:Host', asked), 'gw.test')
  assert.equal(read('cookie:session', asked), 's=2')
  assert.equal(read('query:user', asked), 'u 1')
  assert.equal(read('query:empty', asked), '')
  assert.equal(read('path:id', asked), '42')
  assert.equal(read('consumer', asked), 'acme')
  assert.equal(read('claim:sub', asked), 'u1')
  assert.equal(read('claim:level', asked), '3')
  assert.equal(read('claim:roles', asked), undefined)
  assert.equal(read({ cel: 'headers["x-tenant"] + "/" + path.id' }, asked), 'acme/42')
})

test('what an exchange lacks makes no key, also as one of several parts', () => {
  for (const part of [
    'header:x',
    'cookie:x',
    'query:x',
    'path:x',
    'path:constructor',
    'consumer',
    'claim:x',
    'claim:constructor',
    { cel: 'headers.x' },
  ]) {
    assert.equal(read(part), undefined)
    assert.equal(read(['ip', part]), undefined)
  }
})

const keyOf = (a: string, b: string) =>
  read(['header:a', 'header:b'], { headers: new HeaderList(['a', a, 'b', b]) })

test('the values of several parts cannot run into each other', () => {
  assert.notEqual(keyOf('1', '23'), keyOf('12', '3'))
  assert.notEqual(keyOf('1:1', '2'), keyOf('1', '1:2'))
})

test('other words are refused', () => {
  for (const word of [
    '',
    'header:',
    'header',
    'ip:x',
    'claim',
    'cookie:a b',
    'x:y',
    { cel: 'x' },
    {},
  ])
    assert.ok(!exchangeKey().safeParse(word).success, JSON.stringify(word))
})
