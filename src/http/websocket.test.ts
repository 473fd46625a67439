import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from './header-list.ts'
import { acceptOf, handshakeFlaw, namesWebSocket } from './websocket.ts'

test('the answer to a key is that of RFC 6455 §1.3', () => {
  const headers = new HeaderList(['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='])
  assert.equal(acceptOf(headers), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})

test('websocket is found in a list, in any case, and only as a whole word', () => {
  for (const upgrade of ['websocket', 'WebSocket', 'h2c, websocket', 'websocket\t, x'])
    assert.equal(namesWebSocket(upgrade), true, upgrade)
  for (const upgrade of ['', 'h2c', 'websockets', 'websocket/13', 'x websocket'])
    assert.equal(namesWebSocket(upgrade), false, upgrade)
})

const flawOf = (key: string) =>
  handshakeFlaw(new HeaderList(['sec-websocket-version', '13', 'sec-websocket-key', key]))

test('a key is 16 bytes, and nothing that only looks like it', () => {
  assert.equal(flawOf('AAAAAAAAAAAAAAAAAAAAAA=='), undefined)
  for (const key of [
    '',
    'AAAAAAAAAAAAAAAAAAAAAB==',
    'AAAAAAAAAAAAAAAAAAAAAA=',
    'AAAAAAAAAAAAAAAAAAAAAAAA',
  ])
    assert.match(flawOf(key)!, /Sec-WebSocket-Key/, key)
})
