import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList, Reply } from '#sdk/index'
import { exchangeFor, quietHost } from '../../../test/kit/exchange.ts'
import { headers } from './filter.ts'

const filterOf = (options: unknown) => headers.create(headers.options.parse(options), quietHost)

test('request edits change what the service gets, never what the client sent', () => {
  const filter = filterOf({
    request: { set: { 'X-User': 'u-{id}', a: '2' }, add: { b: ['3', '4'] }, remove: 'cookie' },
  })
  const sent = new HeaderList(['a', '1', 'cookie', 'c', 'b', '1', 'a', '1b'])
  const ex = exchangeFor({ headers: sent, params: { id: 'x\r\ny' } })
  void filter.onRequest!(ex)
  const expected = ['a', '2', 'b', '1', 'x-user', 'u-x%0D%0Ay', 'b', '3', 'b', '4']
  assert.deepEqual(ex.forward.headers?.flat, expected)
  assert.equal(sent.flat.length, 8)
  assert.equal(filter.onReply, undefined, 'a direction without edits costs nothing')
})

test('response edits change what the client gets', () => {
  const filter = filterOf({
    response: { set: { x: '1' }, add: { 'set-cookie': 'b=2' }, remove: ['y'] },
  })
  const reply = new Reply(200, new HeaderList(['set-cookie', 'a=1', 'y', '', 'X', '']))
  void filter.onReply!(exchangeFor(), reply)
  assert.deepEqual(reply.headers.all('set-cookie'), ['a=1', 'b=2'])
  assert.equal(reply.headers.get('x'), '1')
  assert.ok(!reply.headers.has('y'))
})

test('the gateway’s own fields and malformed names and values are refused', () => {
  const own =
    'Connection transfer-encoding Content-Length host TE trailer upgrade keep-alive proxy-connection'
  for (const name of own.split(' ')) {
    for (const edit of [{ set: { [name]: 'x' } }, { add: { [name]: 'x' } }, { remove: [name] }]) {
      assert.ok(!headers.options.safeParse({ request: edit }).success, name)
      assert.ok(!headers.options.safeParse({ response: edit }).success, name)
    }
  }
  for (const name of ['Via', 'X-Forwarded-Proto', 'forwarded', 'traceparent', 'X-Request-Id']) {
    assert.ok(!headers.options.safeParse({ request: { set: { [name]: 'x' } } }).success, name)
  }
  assert.ok(
    headers.options.safeParse({ response: { remove: ['via', 'x-forwarded-proto'] } }).success,
  )
  for (const set of [{ 'a b': 'x' }, { a: 'x\r\ny' }, { a: 'x{' }, { a: '{b c}' }]) {
    assert.ok(!headers.options.safeParse({ request: { set } }).success)
  }
})

test('settings combine header by header: whatever the nearer says of one is all that is said', () => {
  const outer = {
    request: { set: { a: '1', B: '1' }, remove: ['c', 'D'] },
    response: { add: { x: ['1'] } },
  }
  const inner = { request: { set: { d: '2' }, add: { b: '2' }, remove: 'e' } }
  assert.deepEqual(headers.merge!(outer, inner), {
    request: { set: { a: '1', d: '2' }, add: { b: '2' }, remove: ['c', 'e'] },
    response: { add: { x: ['1'] } },
  })
  assert.deepEqual(headers.merge!({}, {}), {})
  assert.deepEqual(headers.merge!(outer, {}), outer)
})
