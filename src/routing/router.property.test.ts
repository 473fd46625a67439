import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { HeaderList } from '#http/header-list'
import type { Match, MatchInput, RouteRule } from './match.ts'
import { createRouterBuilder } from './router-builder.ts'

/** A router by the contract's words alone: every rule is tried, and the matching ones are compared. */
function naiveMatch(rules: readonly RouteRule[], input: MatchInput): string | undefined {
  const winners = rules
    .filter((rule) => holdsNaively(rule, input))
    .toSorted((a, b) => compareLists(specificity(b, input), specificity(a, input)))
  return winners[0]?.name
}

function holdsNaively({ host, path, methods, headers, listener }: RouteRule, input: MatchInput) {
  const hosts = host?.map((text) => text.replaceAll('.', '\\.'))
  const isHost = hosts?.some((text) =>
    new RegExp(`^${text.replace('*', '.+').replace('{t}', '[^.]+')}$`).test(input.host),
  )
  const isMethod =
    methods === undefined ||
    methods.includes(input.method) ||
    (input.method === 'HEAD' && methods.includes('GET'))
  const wanted = Object.entries(headers ?? {})
  return (
    isHost !== false &&
    pathRegex(path).test(input.path) &&
    isMethod &&
    (listener?.includes(input.listener) ?? true) &&
    wanted.every(([name, value]) => input.headers.has(name) === value)
  )
}

function pathRegex(path: string): RegExp {
  const [, before = '', rest] = /^(.*?)(\/\*\*)?$/.exec(path)!
  const source = before
    .replaceAll('.', '\\.')
    .replaceAll('{n:[0-9]+}', '[0-9]+')
    .replaceAll('{p}', '[^/]+')
  return new RegExp(`^${source}${rest === undefined ? '' : '(?:/.*)?'}$`)
}

/** Larger is more specific, from the left. */
function specificity(rule: RouteRule, input: MatchInput): number[] {
  const [host = ''] = rule.host ?? []
  const kinds = { '*': 1, '{': 2 }
  const hostRank =
    host === '' ? 0 : host.length * 10 + (kinds[host[0] as keyof typeof kinds] ?? 10_000)
  const segments = rule.path.slice(1).split('/').map(segmentRank)
  const path = Array.from({ length: 6 }, (_, n) => segments[n] ?? 1)
  const isNamed = rule.methods?.includes(input.method) ?? false
  const methodRank = rule.methods === undefined ? 0 : isNamed ? 2 : 1
  const count = Object.keys(rule.headers ?? {}).length
  return [hostRank, ...path, methodRank, count, rule.listener === undefined ? 0 : 1]
}

/** ** 0 · the end 1 · {one} 2 · condition 3 · text 4 · literal 5 */
function segmentRank(segment: string): number {
  if (segment === '**') return 0
  if (segment === '{p}') return 2
  if (segment === '{n:[0-9]+}') return 3
  return segment.includes('{') ? 4 : 5
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  return a.map((value, n) => value - b[n]!).find((order) => order !== 0) ?? 0
}

const segment = fc.constantFrom('a', 'b', '7', '{p}', '{n:[0-9]+}', 'x.{p}')
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '/', '/**'))
  .map(([segments, end]) => segments.map((text) => `/${text}`).join('') + end || '/')
  .filter((text) => new Set(text.match(/\{\w/g)).size === (text.match(/\{\w/g)?.length ?? 0))

const rule = fc.record(
  {
    host: fc.constantFrom(['a.test'], ['*.test'], ['{t}.test'], ['*.b.test'], ['b.test']),
    path,
    methods: fc.subarray(['GET', 'HEAD', 'POST'], { minLength: 1 }),
    headers: fc.dictionary(fc.constantFrom('h1', 'h2'), fc.boolean()),
    listener: fc.subarray(['main', 'side'], { minLength: 1 }),
  },
  { requiredKeys: ['path'] },
) as fc.Arbitrary<Omit<RouteRule, 'name'>>

const input = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
  host: fc.constantFrom('a.test', 'b.test', 'c.test', 'a.b.test', 'x.y.b.test', 'other'),
  path: fc
    .tuple(
      fc.array(fc.constantFrom('a', 'b', '7', 'x.a'), { maxLength: 3 }),
      fc.constantFrom('', '/'),
    )
    .map(([segments, end]) => segments.map((text) => `/${text}`).join('') + end || '/'),
  query: fc.constant(''),
  headers: fc.subarray(['h1', 'h2']).map((names) => new HeaderList(names.flatMap((n) => [n, '']))),
  listener: fc.constantFrom('main', 'side'),
})

const manyRules = fc.array(rule, { minLength: 1, maxLength: 20, size: 'max' })
const manyInputs = fc.array(input, { minLength: 1, maxLength: 20, size: 'max' })

test('the router agrees with the contract’s words, in any order of declaration', () => {
  let found = 0
  fc.assert(
    fc.property(manyRules, manyInputs, (all, asked) => {
      const builder = createRouterBuilder<string>()
      const ruled = all.map((one, n) => ({ ...one, name: `r${n}` }))
      const rules = ruled.filter((one) => createdWithoutTie(ruled, one))
      rules.forEach((one) => assert.deepEqual(builder.add(one, one.name), []))
      const other = createRouterBuilder<string>()
      rules.toReversed().forEach((one) => assert.deepEqual(other.add(one, one.name), []))
      const [router, reversed] = [builder.build(), other.build()]
      for (const one of asked) {
        const match: Match<string> = router.match(one)
        assert.equal(match.route, naiveMatch(rules, one))
        assert.deepEqual(reversed.match(one), match)
        if (match.route === undefined) continue
        found++
        assert.equal(router.explain(one).find(({ won }) => won)?.rule, match.route)
      }
    }),
    { numRuns: 150 },
  )
  assert.ok(found > 50, `only ${found} found`)
})

test('a path is 405 exactly when another method would be taken', () => {
  fc.assert(
    fc.property(manyRules, input, (all, one) => {
      const builder = createRouterBuilder<string>()
      const ruled = all.map((each, n) => ({ ...each, name: `r${n}` }))
      ruled.forEach((each) => builder.add(each, each.name))
      const match = builder.build().match(one)
      if (match.route !== undefined) return
      const methods = ['GET', 'HEAD', 'POST'].filter(
        (method) => naiveMatch(ruled, { ...one, method }) !== undefined,
      )
      const fault = methods.length > 0 ? 'METHOD_NOT_ALLOWED' : 'ROUTE_NOT_FOUND'
      assert.equal(match.fault, fault)
      assert.deepEqual(match.allow ?? [], methods)
    }),
  )
})

/** Keeps the first of those that tie: a tie is a configuration error, and its winner nobody's business. */
function createdWithoutTie(rules: readonly RouteRule[], one: RouteRule): boolean {
  return rules.slice(0, rules.indexOf(one)).every((earlier) => {
    const builder = createRouterBuilder<string>()
    return [...builder.add(earlier, 'a'), ...builder.add(one, 'b')].length === 0
  })
}
