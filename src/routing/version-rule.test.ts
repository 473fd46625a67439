import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { isVersion, versionsNamed, type VersionRule } from './version-rule.ts'

const rule = (on: VersionRule['on'], name: string, isDefault = false): VersionRule => ({
  on,
  name,
  values: ['v2', '2'],
  isDefault,
})

test('a header or a member of the query names the version, and its absence the default one', () => {
  const header = rule('header', 'x-version')
  assert.equal(isVersion(header, new HeaderList(['x-version', '2']), ''), true)
  assert.equal(isVersion(header, new HeaderList(['x-version', '1']), ''), false)
  assert.equal(isVersion(header, new HeaderList(), ''), false)
  assert.equal(isVersion(rule('header', 'x-version', true), new HeaderList(), ''), true)
  const query = rule('query', 'v')
  assert.equal(isVersion(query, new HeaderList(), '?a=1&v=v2'), true)
  assert.equal(isVersion(query, new HeaderList(), '?a=v2'), false)
})

test('a request that names two versions is of neither, unless they are the same one', () => {
  const header = rule('header', 'x-version', true)
  assert.equal(isVersion(header, new HeaderList(['x-version', '2', 'x-version', '1']), ''), false)
  assert.equal(isVersion(header, new HeaderList(['x-version', '2', 'x-version', 'v2']), ''), true)
})

const named = (...fields: string[]) =>
  versionsNamed({ on: 'mediaType', name: 'version' }, new HeaderList(fields), '')

test('of media types the parameter that the client likes best counts, and of a body’s type only without one', () => {
  assert.deepEqual(named('accept', 'application/json;version=2'), ['2'])
  assert.deepEqual(named('accept', 'application/json; Version="2"; charset=utf-8'), ['2'])
  assert.deepEqual(named('accept', 'a/b;version=1;q=0.5, a/b;version=2;q=0.9, */*'), ['2'])
  assert.deepEqual(named('accept', 'a/b;version=1, a/b;version=2'), ['1', '2'])
  assert.deepEqual(named('accept', 'a/b;version=1;q=0'), [])
  assert.deepEqual(named('accept', 'a/b;x="1,2;version=9";version=3'), ['3'])
  assert.deepEqual(named('accept', '*/*', 'content-type', 'a/b;version=4'), ['4'])
  assert.deepEqual(named('accept', 'a/b;version=1', 'content-type', 'a/b;version=4'), ['1'])
  assert.deepEqual(named(), [])
})
