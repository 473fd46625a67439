import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatComplaint } from './complaint.ts'
import { placeAt } from './origin.ts'
import { parseYaml } from './yaml.ts'

const complaintsAbout = (text: string) =>
  parseYaml('f', text).complaints.map((complaint) => formatComplaint(complaint))

test('plain data comes out, of JSON too', () => {
  const text = 'a: [1, 0x1f, "x", true, null, 1.5]\nb: { c: }\n200: yes'
  assert.deepEqual(parseYaml('f', text).data, {
    200: 'yes',
    a: [1, 31, 'x', true, null, 1.5],
    b: { c: null },
  })
  assert.deepEqual(parseYaml('f', '{"a": {"b": [1, "2"]}}').data, { a: { b: [1, '2'] } })
  assert.equal(parseYaml('f', '').data, null)
})

test('every piece knows its place, of keys and of values', () => {
  const { data } = parseYaml('f', 'a:\n  - b: 1\n    c: [x, y]\n')
  const root = data as object
  const at = (path: (string | number)[], aim?: 'key' | 'value') => {
    const { line, column, path: shown } = placeAt(root, path, aim)
    return `${line}:${column} ${shown}`
  }
  assert.equal(at(['a']), '2:3 a')
  assert.equal(at(['a'], 'key'), '1:1 a')
  assert.equal(at(['a', 0, 'b']), '2:8 a[0].b')
  assert.equal(at(['a', 0, 'c', 1]), '3:12 a[0].c[1]')
  assert.equal(at(['a', 0, 'missing', 'x']), '2:5 a[0].missing.x')
})

test('one syntax error is one complaint, where it begins', () => {
  const routes = Array.from({ length: 50 }, (_, n) => `  - { path: /r${n}/{id}, to: a }`)
  const text = `listen: 8080\nroutes:\n${routes.join('\n')}\n`
  const [first, ...others] = complaintsAbout(text)
  assert.match(first!, /^f:3:\d+ not valid YAML: .*quote a text that holds \{ or \}$/)
  assert.deepEqual(others, [])
  assert.equal(parseYaml('f', text).data, undefined)
})

test('what two readers could read in two ways is refused', () => {
  assert.deepEqual(complaintsAbout('a: 1\nb:\n  c: 1\n  c: 2'), [
    'f:4:3 b.c: found "c" twice, expected it once; it first stands in line 3',
  ])
  assert.deepEqual(complaintsAbout('a: !!int 5\nb: !secret x'), [
    'f:1:10 a: found the tag tag:yaml.org,2002:int, expected none: YAML tags have no meaning here',
    'f:2:12 b: found the tag !secret, expected none: YAML tags have no meaning here',
  ])
  assert.deepEqual(complaintsAbout('a: *nothing'), [
    'f:1:4 a: found *nothing, expected an anchor &nothing before it, or quotes around what is a text',
  ])
  assert.deepEqual(complaintsAbout('a: &x\n  b: *x'), [
    'f:2:6 a.b: found *x, expected an anchor &x before it, or quotes around what is a text',
  ])
  assert.deepEqual(complaintsAbout('a: &x { b: 1 }\nc:\n  <<: *x'), [
    'f:3:3 c["<<"]: found <<, expected a key: merge keys are not understood here',
  ])
  assert.deepEqual(complaintsAbout('__proto__: { a: 1 }'), [
    'f:1:1 __proto__: found __proto__, expected a key: not a name',
  ])
  assert.match(complaintsAbout('? [a, b]\n: 1')[0]!, /^f:1:3 not valid YAML/)
  assert.match(
    complaintsAbout('a: 1\n---\nb: 2')[0]!,
    /^f:2:1 not valid YAML: .*multiple documents/,
  )
})

test('an alias stands for what its anchor names', () => {
  const { data, complaints } = parseYaml('f', 'a: &x { b: [1] }\nc: *x\nd: [*x, &y 5, *y]')
  assert.deepEqual(data, { a: { b: [1] }, c: { b: [1] }, d: [{ b: [1] }, 5, 5] })
  assert.deepEqual(complaints, [])
})

test('aliases of aliases end before they fill the memory', () => {
  const levels = Array.from({ length: 12 }, (_, n) => {
    const inner = n === 0 ? 'x' : `*l${n - 1}`
    return `l${n}: &l${n} [${Array.from({ length: 10 }, () => inner).join(', ')}]`
  })
  assert.deepEqual(
    complaintsAbout(levels.join('\n')).map((text) => text.replace(/^f:\S+ \S+ /, '')),
    ['found aliases that repeat more than 100000 pieces, expected fewer'],
  )
})

test('nesting without end is a complaint, not a crash', () => {
  assert.deepEqual(complaintsAbout('['.repeat(5_000)), ['f:1:1 nested too deeply to be read'])
})
