import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { assert as check, property, string, uniqueArray } from 'fast-check'
import { ConsumerDirectory } from './directory.ts'
import { type ConsumerEntry, DirectoryBuilder } from './directory-builder.ts'
import { hashKey, makeKey } from './keys.ts'

const digest = (key: string): Buffer => hash('sha256', key, 'buffer')
const sha256 = (key: string): string => hash('sha256', key)

function directoryOf(entries: readonly ConsumerEntry[], wall = 0): ConsumerDirectory {
  const builder = new DirectoryBuilder()
  for (const entry of entries) assert.equal(builder.add(entry), undefined, entry.name)
  const directory = new ConsumerDirectory({ wall: () => wall })
  directory.use(builder.build())
  return directory
}

test('a key is found by its digest, with what is said of it, and no other is', () => {
  const directory = directoryOf([
    {
      name: 'acme',
      plan: 'gold',
      groups: ['a', 'b'],
      keys: [{ sha256: sha256('k1'), label: 'first' }],
    },
    { name: 'other', groups: [], keys: [{ sha256: sha256('k2'), scopes: ['read'] }] },
  ])
  assert.deepEqual(directory.byKey(digest('k1'), ''), {
    consumer: { name: 'acme', plan: 'gold', groups: ['a', 'b'] },
    label: 'first',
    scopes: [],
  })
  const other = directory.byKey(digest('k2'), '')
  assert.deepEqual(other?.scopes, ['read'])
  assert.equal(directory.byKey(digest('k3'), ''), undefined)
  assert.equal(directory.byKey(digest(''), ''), undefined)
})

test('a key without a label is shown by the beginning of its digest', () => {
  const directory = directoryOf([{ name: 'a', groups: [], keys: [{ sha256: sha256('k') }] }])
  assert.equal(directory.byKey(digest('k'), '')?.label, `sha256:${sha256('k').slice(0, 8)}`)
})

const entry = (more: object): ConsumerEntry => ({
  name: 'a',
  groups: [],
  keys: [{ sha256: sha256('k'), label: 'k', ...more }],
})

test('a key ends at its time, and holds in its stages alone', () => {
  assert.ok(directoryOf([entry({ expires: 100 })], 99).byKey(digest('k'), ''))
  assert.equal(directoryOf([entry({ expires: 100 })], 100).byKey(digest('k'), ''), undefined)
  const staged = directoryOf([entry({ stages: ['qa'] })])
  assert.ok(staged.byKey(digest('k'), 'qa'))
  assert.equal(staged.byKey(digest('k'), 'production'), undefined)
})

test('names of every kind are names and nothing else', () => {
  const names = ['__proto__', 'constructor', 'toString', 'Jürgen', '字', 'a b', '\u{1f600}']
  const directory = directoryOf(names.map((name) => ({ name, plan: name, groups: [], keys: [] })))
  for (const name of names) assert.equal(directory.named(name).plan, name)
  assert.deepEqual(directory.named('valueOf'), { name: 'valueOf', groups: [] })
})

test('groups that a token says stand beside those of the configuration', () => {
  const directory = directoryOf([{ name: 'a', plan: 'p', groups: ['x'], keys: [] }])
  assert.deepEqual(directory.named('a', ['y', 'x']), { name: 'a', plan: 'p', groups: ['x', 'y'] })
  assert.deepEqual(directory.named('b', ['y']), { name: 'b', groups: ['y'] })
})

test('a name or a key that is there already is told of', () => {
  const builder = new DirectoryBuilder()
  assert.equal(builder.add({ name: 'a', groups: [], keys: [{ sha256: sha256('k') }] }), undefined)
  assert.equal(builder.add({ name: 'a', groups: [], keys: [] }), 'name')
  assert.equal(builder.add({ name: 'b', groups: [], keys: [{ sha256: sha256('k') }] }), 'key')
})

test('however many there are, each is found, and by nobody else’s key', () => {
  check(
    property(uniqueArray(string({ maxLength: 20 }), { maxLength: 200 }), (names) => {
      const directory = directoryOf(
        names.map((name) => ({ name, groups: [], keys: [{ sha256: sha256(`key ${name}`) }] })),
      )
      for (const name of names) {
        assert.equal(directory.byKey(digest(`key ${name}`), '')?.consumer.name, name)
        assert.equal(directory.named(name).name, name)
        assert.equal(directory.byKey(digest(`KEY ${name}`), ''), undefined)
      }
    }),
    { numRuns: 50 },
  )
})

test('an empty directory knows nobody, and one takes the place of another', () => {
  const directory = directoryOf([{ name: 'a', groups: ['g'], keys: [{ sha256: sha256('k') }] }])
  directory.use(new DirectoryBuilder().build())
  assert.equal(directory.byKey(digest('k'), ''), undefined)
  assert.deepEqual(directory.named('a'), { name: 'a', groups: [] })
})

test('keys that are made are long, all different, and known by what is printed beside them', () => {
  const made = Array.from({ length: 100 }, () => makeKey('pck'))
  assert.equal(new Set(made.map(({ key }) => key)).size, 100)
  for (const { key, hash: kept } of made) {
    assert.match(key, /^pck_[0-9a-f]{8}_[A-Za-z0-9]{43}$/)
    assert.equal(kept, `sha256:${sha256(key)}:${key.slice(0, 12)}`)
    assert.equal(hashKey(key), kept)
  }
})
