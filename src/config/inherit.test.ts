import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineFilter, duration, oneOrMore, z } from '#sdk/index'
import { inheritFeatures, type Layer, optionsOf } from './inherit.ts'

const create = () => ({})
const base = { summary: '', phase: 'shield', create } as const

const whole = defineFilter({ ...base, name: 'whole', options: z.string() })
const members = defineFilter({
  ...base,
  name: 'members',
  combine: 'members',
  protects: true,
  options: z.union([
    duration().transform((total) => ({ total })),
    z.strictObject({ total: duration().optional(), idle: duration().optional() }),
  ]),
})
const adds = defineFilter({
  ...base,
  name: 'adds',
  combine: 'adds',
  options: oneOrMore(z.string().transform((text) => new RegExp(text))),
})
const latest = defineFilter({
  ...base,
  name: 'latest',
  combine: 'adds',
  merge: (outer, inner) => [...new Set([...(outer as string[]), ...(inner as string[])])],
  options: oneOrMore(z.string()),
})
const own = defineFilter({ ...base, name: 'own', options: z.boolean() })

const FILTERS = [whole, members, adds, latest, own]

const layer = (from: string, settings: Record<string, unknown>): Layer => ({
  from,
  settings,
  written: settings,
})

function inherit(...settings: Record<string, unknown>[]) {
  const layers = settings.map((setting, n) => layer(['defaults', 'api a', 'route'][n]!, setting))
  const { features, lost } = inheritFeatures(FILTERS, layers)
  const options = FILTERS.flatMap((filter) => {
    const feature = features[filter.name]
    return feature ? [[filter.name, optionsOf(filter, feature), feature.from]] : []
  })
  return { options, lost: lost.map(({ name, from, layer: at }) => [name, from, at.from]) }
}

test('of a whole feature the nearest holds alone', () => {
  assert.deepEqual(inherit({ whole: 'a' }, {}, { whole: 'b' }).options, [['whole', 'b', ['route']]])
  assert.deepEqual(inherit({ whole: 'a' }, {}, {}).options, [['whole', 'a', ['defaults']]])
})

test('members come from wherever the nearest was written, short form or long', () => {
  assert.deepEqual(
    inherit({ members: { total: '9s', idle: '1s' } }, {}, { members: '5s' }).options,
    [['members', { total: 5_000, idle: 1_000 }, ['defaults', 'route']]],
  )
  assert.deepEqual(inherit({ members: '5s' }, { members: { idle: '1s' } }).options, [
    ['members', { total: 5_000, idle: 1_000 }, ['defaults', 'api a']],
  ])
})

test('what adds up is one list, outermost first, whatever its schema makes of it', () => {
  assert.deepEqual(inherit({ adds: 'a' }, { adds: ['b', 'c'] }, { adds: 'd' }).options, [
    ['adds', [/a/, /b/, /c/, /d/], ['defaults', 'api a', 'route']],
  ])
  assert.deepEqual(inherit({ adds: 'a' }).options, [['adds', [/a/], ['defaults']]])
})

test('a definition may merge in its own way', () => {
  assert.deepEqual(inherit({ latest: ['a', 'b'] }, { latest: ['b', 'c'] }).options, [
    ['latest', ['a', 'b', 'c'], ['defaults', 'api a']],
  ])
})

test('false ends what was written further out, and no more', () => {
  assert.deepEqual(
    inherit({ whole: 'a', adds: 'a' }, { whole: false, adds: false }, { adds: 'b' }),
    {
      options: [['adds', [/b/], ['route']]],
      lost: [],
    },
  )
})

test('a protection that is switched off is told, one that never held is not', () => {
  assert.deepEqual(inherit({ members: '1s' }, { members: '2s' }, { members: false }).lost, [
    ['members', 'defaults, api a', 'route'],
  ])
  assert.deepEqual(inherit({}, { members: false }).lost, [])
})

test('where a feature takes false as an option, it is one', () => {
  assert.deepEqual(inherit({ own: true }, { own: false }).options, [['own', false, ['api a']]])
})

test('settings stay plain data', () => {
  const { features } = inheritFeatures(FILTERS, [layer('route', { adds: 'a', members: '5s' })])
  assert.deepEqual(JSON.parse(JSON.stringify(features)), features)
})
