import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { movePaths } from '#sdk/moved-paths'
import { Reply } from '#sdk/reply'
import { exchangeFor } from '../../test/kit/exchange.ts'

function moved(
  name: string,
  value: string,
  from = '',
  to = '/app',
  by: 'service' | 'gateway' = 'service',
) {
  const reply = new Reply(302, new HeaderList(['x-first', '/x', name, value]), undefined, by)
  movePaths(exchangeFor(), reply, from, to)
  assert.equal(reply.headers.get('x-first'), '/x')
  return reply.headers.get(name)
}

test('a location of this gateway moves to where the client finds it', () => {
  assert.equal(moved('location', '/x'), '/app/x')
  assert.equal(moved('location', '/'), '/app/')
  assert.equal(moved('content-location', '/x?a=/b#c'), '/app/x?a=/b#c')
  assert.equal(moved('location', 'http://GW.test/x'), 'http://GW.test/app/x')
  assert.equal(moved('location', '/internal/x', '/internal'), '/app/x')
  assert.equal(moved('location', '/internal', '/internal', ''), '/')
})

test('what names another place stays byte for byte', () => {
  const places = [
    'https://idp.example/login?next=http://127.0.0.1:9001/',
    ...'//cdn.example/y x ../x ?a=1 #top /app/x /app http://gw.test:81/x http://gw.test mailto:a@b'.split(
      ' ',
    ),
    '',
  ]
  for (const place of places) assert.equal(moved('location', place), place)
  assert.equal(moved('location', '/internals/x', '/internal'), '/internals/x')
  assert.equal(
    moved('location', '/internal//cdn.example', '/internal', ''),
    '/internal//cdn.example',
  )
  assert.equal(moved('location', '/x', '', '/app', 'gateway'), '/x')
})

test('a cookie’s path moves, and nothing else of it', () => {
  assert.equal(moved('set-cookie', 'a=/x; Path=/x; Secure'), 'a=/x; Path=/app/x; Secure')
  assert.equal(moved('set-cookie', 'a=1;path = / ; HttpOnly'), 'a=1;path = /app/ ; HttpOnly')
  assert.equal(moved('set-cookie', 'a=1; Path=/'), 'a=1; Path=/app')
  assert.equal(moved('set-cookie', 'a=1; Path=/app'), 'a=1; Path=/app')
  assert.equal(moved('set-cookie', 'a=1'), 'a=1')
  assert.equal(moved('set-cookie', '__Host-a=1; Path=/; Secure'), '__Host-a=1; Path=/; Secure')
})
