import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Networks } from '#base/address'
import { clientAddress, forwardedNode, forwardedScheme, forwardedValue } from './forwarded.ts'
import { HeaderList } from './header-list.ts'

const PROXY = '127.0.0.1'
const trusted = new Networks(['127.0.0.1/32', '10.0.0.0/8'])

function client(name: string, ...values: string[]): string {
  return clientAddress(new HeaderList(values.flatMap((value) => [name, value])), PROXY, trusted)
}

test('nobody else than a trusted proxy says where a request came from', () => {
  const headers = new HeaderList(['x-forwarded-for', '203.0.113.9', 'forwarded', 'for=203.0.113.9'])
  assert.equal(clientAddress(headers, '192.0.2.1', trusted), '192.0.2.1')
  assert.equal(clientAddress(headers, PROXY, new Networks([])), PROXY)
  assert.equal(clientAddress(new HeaderList(), PROXY, trusted), PROXY)
})

test('the client is the nearest hop that is no trusted proxy; what stands left of it is its own word', () => {
  assert.equal(client('x-forwarded-for', '10.0.0.1, 198.51.100.7'), '198.51.100.7')
  assert.equal(client('x-forwarded-for', '10.0.0.1', '198.51.100.7'), '198.51.100.7')
  assert.equal(client('x-forwarded-for', '198.51.100.7, 127.0.0.1'), '198.51.100.7')
  assert.equal(
    client('x-forwarded-for', '203.0.113.9,198.51.100.7,10.1.1.1 ,\t127.0.0.1'),
    '198.51.100.7',
  )
})

test('when every hop is trusted the client is the farthest', () => {
  assert.equal(client('x-forwarded-for', '10.9.9.9, 10.0.0.1'), '10.9.9.9')
})

test('a hop may be written with its port, in brackets, in IPv6 form or between empty members', () => {
  assert.equal(client('x-forwarded-for', '198.51.100.7:4711'), '198.51.100.7')
  assert.equal(client('x-forwarded-for', '[2001:db8::1]:443'), '2001:db8::1')
  assert.equal(client('x-forwarded-for', '[2001:DB8:0::1]'), '2001:db8::1')
  assert.equal(client('x-forwarded-for', '2001:db8::1'), '2001:db8::1')
  assert.equal(client('x-forwarded-for', '::ffff:198.51.100.7'), '198.51.100.7')
  assert.equal(client('x-forwarded-for', ',,198.51.100.7'), '198.51.100.7')
  assert.equal(client('x-forwarded-for', '198.51.100.7,, ,'), '198.51.100.7')
})

test('a hop that cannot be read ends the walk at the last that could, never at one further left', () => {
  assert.equal(client('x-forwarded-for', 'unknown'), PROXY)
  assert.equal(client('x-forwarded-for', '_hidden'), PROXY)
  assert.equal(client('x-forwarded-for', '198.51.100.7, garbage'), PROXY)
  assert.equal(client('x-forwarded-for', '198.51.100.7, garbage, 10.0.0.9'), '10.0.0.9')
  for (const odd of [
    '[198.51.100.7]',
    '198.51.100.7:',
    '198.51.100.7:123456',
    '[::1',
    '1.2.3',
    '"',
    '198.51.100.7 x',
  ]) {
    assert.equal(client('x-forwarded-for', `203.0.113.9, ${odd}`), PROXY, odd)
  }
})

test('thousands of hops are walked, not choked on', () => {
  const hops = Array.from({ length: 2_000 }, (_, n) => `10.0.${n >> 8}.${n & 255}`)
  assert.equal(client('x-forwarded-for', ['198.51.100.7', ...hops].join(', ')), '198.51.100.7')
})

test('Forwarded says the same in its own grammar', () => {
  assert.equal(client('forwarded', 'for=198.51.100.7;proto=https'), '198.51.100.7')
  assert.equal(client('forwarded', 'proto=https; For="[2001:db8::1]:443" ;host=a'), '2001:db8::1')
  assert.equal(
    client('forwarded', 'for=203.0.113.9, for=198.51.100.7', 'for=10.0.0.1'),
    '198.51.100.7',
  )
  assert.equal(client('forwarded', 'for=198.51.100.7, proto=https'), PROXY)
  assert.equal(client('forwarded', 'for=198.51.100.7, for=unknown'), PROXY)
})

test('text within quotes is no element of Forwarded, and a quote left open swallows none', () => {
  assert.equal(client('forwarded', 'for=198.51.100.7;host="x,for=203.0.113.9;a="'), '198.51.100.7')
  assert.equal(
    client('forwarded', String.raw`for=198.51.100.7;host="x\",for=203.0.113.9"`),
    '198.51.100.7',
  )
  assert.equal(client('forwarded', 'host=", for=198.51.100.7'), '198.51.100.7')
  assert.equal(client('forwarded', 'for="203.0.113.9, for=198.51.100.7;host="a"'), '198.51.100.7')
})

test('X-Forwarded-For counts where both are there', () => {
  const headers = new HeaderList([
    'forwarded',
    'for=203.0.113.9',
    'x-forwarded-for',
    '198.51.100.7',
  ])
  assert.equal(clientAddress(headers, PROXY, trusted), '198.51.100.7')
})

test('whatever the left part says, the nearest untrusted hop is the client', () => {
  const anything = fc.string({ unit: 'binary-ascii', maxLength: 60 })
  fc.assert(
    fc.property(anything, fc.constantFrom('x-forwarded-for', 'forwarded'), (claim, name) => {
      const written = name === 'forwarded' ? 'for=198.51.100.7;host="a"' : '198.51.100.7'
      assert.equal(client(name, `${claim}, ${written}`), '198.51.100.7')
      assert.equal(client(name, claim, written), '198.51.100.7')
    }),
  )
})

function scheme(name: string, value: string): string | undefined {
  return forwardedScheme(new HeaderList([name, value]))
}

test('the scheme is what the nearest proxy says, when it is one of two', () => {
  assert.equal(scheme('x-forwarded-proto', 'https'), 'https')
  assert.equal(scheme('x-forwarded-proto', 'https, HTTP'), 'http')
  assert.equal(scheme('x-forwarded-proto', 'https, ftp'), undefined)
  assert.equal(scheme('forwarded', 'proto=http, for=1.2.3.4;proto="https"'), 'https')
  assert.equal(scheme('forwarded', 'proto=https, for=1.2.3.4'), undefined)
  assert.equal(scheme('accept', '*/*'), undefined)
})

test('what we say of a hop is quoted where the grammar asks for it', () => {
  assert.equal(forwardedNode('198.51.100.7'), '198.51.100.7')
  assert.equal(forwardedNode('2001:db8::1'), '"[2001:db8::1]"')
  assert.equal(forwardedValue('api.shop.example'), 'api.shop.example')
  assert.equal(forwardedValue('api.shop.example:8080'), '"api.shop.example:8080"')
  assert.equal(forwardedValue(''), '""')
})
