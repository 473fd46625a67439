import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalAddress, isNetwork, Networks } from './address.ts'

test('an address has one spelling, however it was written', () => {
  const spellings = {
    '198.51.100.7': ['198.51.100.7', '::ffff:198.51.100.7', '::FFFF:c633:6407', '::ffff:C633:6407'],
    '0.0.0.1': ['0:0:0:0:0:ffff:0.0.0.1', '::ffff:0:1'],
    '255.255.255.255': ['::ffff:ffff:ffff'],
    '2001:db8::1': ['2001:db8::1', '2001:DB8:0:0::1', '2001:0db8:0000:0000:0000:0000:0000:0001'],
    'fe80::1': ['fe80::1', 'fe80::1%eth0'],
    '::1': ['::1', '0:0:0:0:0:0:0:1'],
  }
  for (const [address, texts] of Object.entries(spellings)) {
    for (const text of texts) assert.equal(canonicalAddress(text), address, text)
  }
})

test('what is no address has no spelling', () => {
  const texts = [
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4%x',
  ]
  texts.push('::ffff:1.2.3.999', '1.2.3.4:80', '[::1]', '::1]/', '::g', ' 1.2.3.4', '1.2.3.4\n')
  for (const text of texts) assert.equal(canonicalAddress(text), undefined, JSON.stringify(text))
})

test('a network holds what lies in it, of either family, and nothing else', () => {
  const networks = new Networks(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1'])
  const inside = ['10.255.0.1', '192.0.2.1', '2001:db8:ffff::1', '::1']
  const outside = ['11.0.0.1', '192.0.2.2', '2001:db9::1', '::2', '127.0.0.1']
  for (const address of inside) assert.equal(networks.has(address), true, address)
  for (const address of outside) assert.equal(networks.has(address), false, address)
})

test('no networks hold nothing', () => {
  const networks = new Networks([])
  assert.equal(networks.isEmpty, true)
  assert.equal(networks.has('127.0.0.1'), false)
})

test('a network of length 0 holds its whole family', () => {
  assert.equal(new Networks(['0.0.0.0/0']).has('203.0.113.9'), true)
  assert.equal(new Networks(['::/0']).has('2001:db8::1'), true)
})

test('a network is an address, alone or with a prefix length', () => {
  for (const text of [
    '10.0.0.0/8',
    '192.0.2.1',
    '192.0.2.1/32',
    '2001:db8::/32',
    '::/0',
    '::1/128',
  ]) {
    assert.equal(isNetwork(text), true, text)
  }
  for (const text of [
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '/8',
    '1.1.1.1/-1',
  ]) {
    assert.equal(isNetwork(text), false, text)
  }
})
