import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteRule } from './match.ts'
import { createRouterBuilder } from './router-builder.ts'

type Demands = Partial<RouteRule>

function tied(one: Demands, other: Demands): boolean {
  const [there, back] = [
    [one, other],
    [other, one],
  ].map((rules) => {
    const builder = createRouterBuilder<number>()
    return rules.flatMap((rule, n) => builder.add({ name: `r${n}`, path: '/x', ...rule }, n))
  })
  assert.equal(there!.length, back!.length, 'the order of rules never counts')
  if (there!.length > 0) assert.deepEqual([there![0]!.rule, there![0]!.other], ['r1', 'r0'])
  return there!.length > 0
}

test('two rules that match the same requests are a tie, whatever their parameters are called', () => {
  assert.ok(tied({}, {}))
  assert.ok(tied({ path: '/a/{x}/**' }, { path: '/a/{y}/{rest**}' }))
  assert.ok(tied({ path: '/caf%C3%A9' }, { path: '/café' }))
  assert.ok(tied({ host: ['{a}.test'] }, { host: ['b.test', '{b}.TEST'] }))
  assert.ok(tied({ methods: ['GET', 'PUT'] }, { methods: ['PUT', 'POST'] }))
  assert.ok(tied({ listener: ['a', 'b'] }, { listener: ['b'] }))
  assert.ok(tied({ headers: { a: true } }, { headers: { B: '1' } }))
  assert.ok(tied({ headers: { a: true } }, { headers: { a: '1' } }))
  assert.ok(tied({ query: { a: { regex: '[0-9]' } } }, { query: { a: '1' } }))
})

test('what tells two rules apart makes them no tie', () => {
  assert.ok(!tied({ path: '/a/{x}' }, { path: '/a/**' }))
  assert.ok(!tied({ path: '/a/{x}' }, { path: '/a/{x}/' }))
  assert.ok(!tied({ host: ['*.test'] }, { host: ['{b}.test'] }))
  assert.ok(!tied({ methods: ['GET'] }, { methods: ['HEAD'] }))
  assert.ok(!tied({ methods: ['GET'] }, {}))
  assert.ok(!tied({ listener: ['a'] }, { listener: ['b'] }))
  assert.ok(!tied({ listener: ['a'] }, {}))
  assert.ok(!tied({ headers: { a: '1' } }, { headers: { a: '2' } }))
  assert.ok(!tied({ headers: { a: true } }, { headers: { a: false } }))
  assert.ok(!tied({ headers: { a: '1' } }, { headers: { a: '1', b: '1' } }))
  assert.ok(!tied({ headers: { a: true } }, { query: { a: false, b: true } }))
  assert.ok(!tied({ query: { a: { regex: '[0-9]' } } }, { query: { a: 'x' } }))
})

test('conditions and texts around parameters tie when one segment can meet both', () => {
  assert.ok(tied({ path: '/{a:[0-9]+}' }, { path: '/{b:\\d+}' }))
  assert.ok(tied({ path: '/{a:[a-z]+}' }, { path: '/{b:\\w+}' }))
  assert.ok(tied({ path: '/v{a}' }, { path: '/{b}x' }))
  assert.ok(tied({ path: '/{a}-{b}..{c}' }, { path: '/{a}..{b}-{c}' }))
  assert.ok(!tied({ path: '/{a:[0-9]+}' }, { path: '/{b:[a-z]+}' }))
  assert.ok(!tied({ path: '/{a}.json' }, { path: '/{b}.html' }))
  assert.ok(!tied({ path: '/{a}.json' }, { path: '/{b}.xml' }))
  assert.ok(!tied({ path: '/{a:[0-9]+}/x' }, { path: '/{b:\\d+}/y' }))
})

test('a rule that is written twice for the same route is no tie', () => {
  const builder = createRouterBuilder<string>()
  const rule = { name: 'r', path: '/x' }
  assert.deepEqual([...builder.add(rule, 'r'), ...builder.add(rule, 'r')], [])
})

test('everything wrong with a rule is said at once, and the rule is left out', () => {
  const builder = createRouterBuilder<string>()
  const problems = builder.add(
    {
      name: 'bad',
      path: 'x',
      host: ['a:80', '*', 'a b', '{x:y}.test', '*.[::1]'],
      methods: ['get', 'G T'],
      listener: [],
      headers: { 'a b': true, c: { regex: '(' } },
      query: { d: { regex: '(d+)+' } },
    },
    'bad',
  )
  const places = problems.map(({ at }) => at)
  const inOrder = 'headers headers host host host host host listener methods methods path query'
  assert.equal(places.toSorted().join(' '), inOrder)
  assert.ok(problems.every(({ rule, found, expected }) => rule === 'bad' && found && expected))
  const input = { method: 'GET', host: 'h', path: '/x', query: '', listener: 'main' }
  assert.equal(builder.build().match({ ...input, headers: null as never }).route, undefined)
})

test('one name for a label of the host and for a path parameter is refused', () => {
  const builder = createRouterBuilder<string>()
  const [problem] = builder.add({ name: 'r', host: ['{id}.test'], path: '/{id}' }, 'r')
  assert.match(problem!.found, /twice/)
})
