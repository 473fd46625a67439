import assert from 'node:assert/strict'
import { test } from 'node:test'
import { locate } from './locate.ts'
import type { Addresses, Names } from './names.ts'
import { AllowedNetworks } from './networks.ts'
import type { Told } from './source.ts'

const ALL = new AllowedNetworks(undefined)

const told = (host: string, more: Partial<Told> = {}): Told => ({
  host,
  port: 3000,
  basePath: '',
  weight: 1,
  tier: 1,
  drain: false,
  ...more,
})

/** Knows these names; of others that they are not there. */
function names(known: Record<string, Partial<Addresses>>): Names {
  const nothing = { addresses: [], holdsMs: Infinity, failure: undefined, isFresh: true }
  const addressesOf = (name: string) => Promise.resolve({ ...nothing, ...known[name] })
  return { addressesOf } as unknown as Names
}

const DOWN = { failure: new Error('no server answered'), isFresh: false }

test('a name becomes its addresses, and stays what it is called; the shortest time holds', async () => {
  const known = names({
    'A.internal': { addresses: ['10.0.0.5', 'fd00::5'], holdsMs: 9_000 },
    b: { addresses: ['10.0.0.6'], holdsMs: 4_000 },
  })
  const { found, holdsMs, problems } = await locate(
    [told('A.internal'), told('b', { port: 80, basePath: '/x', weight: 3 }), told('10.0.0.7')],
    known,
    ALL,
  )
  assert.deepEqual(
    found.map(({ url, authority, weight }) => [url, authority, weight]),
    [
      ['http://10.0.0.5:3000', 'a.internal:3000', 1],
      ['http://10.0.0.6:80/x', 'b', 3],
      ['http://10.0.0.7:3000', undefined, 1],
      ['http://[fd00::5]:3000', 'a.internal:3000', 1],
    ],
  )
  assert.equal(holdsMs, 4_000)
  assert.deepEqual(problems, [])
})

test('one address of two names is one target', async () => {
  const known = names({ a: { addresses: ['10.0.0.5'] }, b: { addresses: ['10.0.0.5'] } })
  const { found } = await locate([told('a'), told('b'), told('b', { port: 1 })], known, ALL)
  assert.deepEqual(
    found.map(({ url }) => url),
    ['http://10.0.0.5:1', 'http://10.0.0.5:3000'],
  )
})

test('names that are not there, and addresses that may not be called, are left out and told', async () => {
  const known = names({ a: { addresses: ['10.0.0.5', '127.0.0.1'] } })
  const { found, problems } = await locate([told('a'), told('nobody'), told('a b')], known, ALL)
  assert.equal(found.length, 1)
  assert.deepEqual(problems, [
    '127.0.0.1 may not be called: see allowedNetworks',
    'nobody has no address',
    'a b has no address',
  ])
})

test('while a server does not answer for one name, what is known of it goes on beside the others', async () => {
  const known = names({ a: { ...DOWN, addresses: ['10.0.0.5'] }, b: { addresses: ['10.0.0.6'] } })
  const { found, problems } = await locate([told('a'), told('b')], known, ALL)
  assert.equal(found.length, 2)
  assert.deepEqual(problems, ['no server answered'])
})

test('it fails when no server answers for any name, and when nothing is left that may be called', async () => {
  const down = names({ a: { ...DOWN, addresses: ['10.0.0.5'] } })
  await assert.rejects(locate([told('a')], down, ALL), /no server answered/)
  await assert.rejects(locate([told('nobody')], names({}), ALL), /nobody has no address/)
  await assert.rejects(locate([told('127.0.0.1')], names({}), ALL), /127.0.0.1 may not be called/)
  await assert.rejects(locate([], names({}), ALL), /no target was told/)
})

test('one address is one target, however it is spelt', async () => {
  const all = ['FD00:0::5', 'fd00::5%eth0', '::ffff:10.0.0.5', '10.0.0.5'].map((host) => told(host))
  const { found } = await locate(all, names({}), ALL)
  assert.deepEqual(
    found.map(({ url }) => url),
    ['http://10.0.0.5:3000', 'http://[fd00::5]:3000'],
  )
})

test('one source brings 256 targets and no more, always the same ones', async () => {
  const many = Array.from({ length: 400 }, (_, n) => told(`10.0.${n >> 8}.${n & 0xff}`))
  const { found, problems } = await locate(many, names({}), ALL)
  const again = await locate(many.toReversed(), names({}), ALL)
  assert.equal(found.length, 256)
  assert.deepEqual(found, again.found)
  assert.deepEqual(problems, ['400 targets were found: the first 256 are used'])
})
