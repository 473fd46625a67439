import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AllowedNetworks } from './networks.ts'

const allowed = (addresses: readonly string[], listed?: readonly string[]): string[] => {
  const networks = new AllowedNetworks(listed)
  return addresses.filter((address) => networks.has(address))
}

const GUARDED = [
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '169.254.1.1',
  '169.254.169.254',
  '168.63.129.16',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '64:ff9b::169.254.169.254',
]
const COMMON = [
  '10.0.0.5',
  '192.168.1.1',
  '203.0.113.9',
  'fd00::5',
  '2001:db8::1',
  '64:ff9b::a00:5',
]

test('without a list all may be called but what is the gateway itself, its machine or nobody', () => {
  assert.deepEqual(allowed([...GUARDED, ...COMMON]), COMMON)
})

test('with a list what lies in it may be called, and nothing else', () => {
  assert.deepEqual(allowed([...GUARDED, ...COMMON], ['10.0.0.0/8', 'fd00::/16']), [
    '10.0.0.5',
    'fd00::5',
  ])
  assert.deepEqual(allowed(['10.0.0.5', '10.0.0.6'], ['10.0.0.6']), ['10.0.0.6'])
})

test('what is guarded is allowed by a network within it, and by no wider one', () => {
  assert.deepEqual(allowed(GUARDED, ['0.0.0.0/0', '::/0']), [])
  assert.deepEqual(allowed(['127.0.0.1', '127.9.9.9', '::1'], ['127.0.0.0/8']), [
    '127.0.0.1',
    '127.9.9.9',
  ])
  assert.deepEqual(allowed(['127.0.0.1', '127.9.9.9', '::1'], ['127.0.0.1', '::1/128']), [
    '127.0.0.1',
    '::1',
  ])
  const linkLocal = ['169.254.1.1', '169.254.169.254']
  assert.deepEqual(allowed(linkLocal, ['169.254.0.0/16']), ['169.254.1.1'])
  assert.deepEqual(allowed(linkLocal, ['169.254.169.254']), ['169.254.169.254'])
})

test('what is no address may not be called', () => {
  assert.deepEqual(allowed(['', 'a', '10.0.0', '10.0.0.256', '0x7f.1']), [])
})
