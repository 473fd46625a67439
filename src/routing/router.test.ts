import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { restOf } from '#sdk/params'
import type { MatchInput, RouteRule } from './match.ts'
import { createRouterBuilder } from './router-builder.ts'

type Rule = Partial<RouteRule> & { name: string }

function routerOf(rules: readonly Rule[]) {
  const builder = createRouterBuilder<string>()
  const problems = rules.flatMap((rule) => builder.add({ path: '/**', ...rule }, rule.name))
  assert.deepEqual(problems, [])
  return builder.build()
}

function ask(input: Partial<MatchInput> & { header?: string[] } = {}): MatchInput {
  const headers = new HeaderList(input.header)
  return { method: 'GET', host: 'h', path: '/', query: '', headers, listener: 'main', ...input }
}

/** The winner in both orders of declaration: they must agree. */
function winner(rules: readonly Rule[], input: Parameters<typeof ask>[0]): string | undefined {
  const [one, other] = [rules, rules.toReversed()].map((list) => routerOf(list).match(ask(input)))
  assert.deepEqual(one, other)
  return one!.route ?? (one as { fault: string }).fault
}

test('an exact host wins over the longer wildcard, that over the shorter, and that over any', () => {
  const rules = [
    { name: 'any' },
    { name: 'wide', host: ['*.test'] },
    { name: 'narrow', host: ['*.corp.test'] },
    { name: 'label', host: ['{tenant}.corp.test'] },
    { name: 'exact', host: ['a.corp.test', 'A2.corp.test'] },
    { name: 'v6', host: ['[::1]'] },
  ]
  const cases = {
    'a.corp.test': 'exact',
    'a2.corp.test': 'exact',
    'b.corp.test': 'label',
    'a.b.corp.test': 'narrow',
    'corp.test': 'wide',
    'x.test': 'wide',
    test: 'any',
    'evilcorp.test': 'wide',
    'acorp.example': 'any',
    '[::1]': 'v6',
    '[::2]': 'any',
  }
  for (const [host, name] of Object.entries(cases))
    assert.equal(winner(rules, { host }), name, host)
})

test('dots of a host are dots', () => {
  assert.equal(winner([{ name: 'a', host: ['api.test'] }], { host: 'apixtest' }), 'ROUTE_NOT_FOUND')
})

test('paths are compared segment by segment: literal, text or condition, parameter, all below', () => {
  const tops = '/** /x/** /x/y /x/{id} /x/{id:[0-9]+} /x/{id}.json /x/{a}-{b}.json'
  const paths = `${tops} /{any}/y/z /x/{id}/z /x/y/**`.split(' ')
  const rules = paths.map((path) => ({ name: path, path }))
  const cases = {
    '/x/y': '/x/y',
    '/x/q': '/x/{id}',
    '/x/7': '/x/{id:[0-9]+}',
    '/x/7.json': '/x/{id}.json',
    '/x/7-8.json': '/x/{a}-{b}.json',
    '/x/y/z': '/x/y/**',
    '/x/w/z': '/x/{id}/z',
    '/w/y/z': '/{any}/y/z',
    '/x/w/v': '/x/**',
    '/x': '/x/**',
    '/x/': '/x/**',
    '/xy': '/**',
  }
  for (const [path, name] of Object.entries(cases))
    assert.equal(winner(rules, { path }), name, path)
})

test('a host that is named wins before a path that is more specific', () => {
  const rules = [
    { name: 'path', path: '/x/y' },
    { name: 'host', host: ['a.test'], path: '/**' },
  ]
  assert.equal(winner(rules, { host: 'a.test', path: '/x/y' }), 'host')
})

test('a route that does not hold lets the next best have the request, also of another host', () => {
  const rules = [
    { name: 'post', host: ['a.test'], path: '/x/y', methods: ['POST'] },
    { name: 'beta', host: ['a.test'], path: '/x/{id}', headers: { 'X-Beta': '1' } },
    { name: 'tenant', host: ['{tenant}.test'], path: '/x/{id}', query: { v: true } },
    { name: 'any', path: '/x/**' },
  ] as const
  const at = { host: 'a.test', path: '/x/y' }
  assert.equal(winner(rules, { ...at, method: 'POST' }), 'post')
  assert.equal(winner(rules, { ...at, header: ['x-beta', '1'] }), 'beta')
  assert.equal(winner(rules, { ...at, query: '?v' }), 'tenant')
  assert.equal(winner(rules, at), 'any')
})

test('a route that names the method wins over one that does not, then the one with more conditions', () => {
  const rules = [
    { name: 'any' },
    { name: 'two', headers: { a: true, b: { regex: '[0-9]+' } } },
    { name: 'get', methods: ['GET'] },
    { name: 'get-a', methods: ['GET'], headers: { a: true } },
    { name: 'head', methods: ['HEAD'] },
    { name: 'bound', listener: ['internal'] },
  ] as const
  assert.equal(winner(rules, { method: 'PUT' }), 'any')
  assert.equal(winner(rules, { method: 'PUT', header: ['a', '', 'b', '1'] }), 'two')
  assert.equal(winner(rules, { method: 'PUT', header: ['a', '', 'b', '1x'] }), 'any')
  assert.equal(winner(rules, { header: ['a', '', 'b', '1'] }), 'get-a')
  assert.equal(winner(rules, {}), 'get')
  assert.equal(winner(rules, { method: 'HEAD', header: ['a', ''] }), 'head')
  assert.equal(winner(rules, { method: 'PUT', listener: 'internal' }), 'bound')
})

test('GET includes HEAD, and what no route takes is 405 with all that would be', () => {
  const rules = [
    { name: 'r', path: '/r', methods: ['GET', 'POST'] },
    { name: 'rest', path: '/r/**', methods: ['DELETE'] },
    { name: 'secret', path: '/r', listener: ['internal'], methods: ['PATCH'] },
  ]
  assert.equal(winner(rules, { method: 'HEAD', path: '/r' }), 'r')
  const allow = ['DELETE', 'GET', 'HEAD', 'POST']
  for (const method of ['PUT', 'get', '__proto__']) {
    const refusal = { route: undefined, fault: 'METHOD_NOT_ALLOWED', allow }
    assert.deepEqual(routerOf(rules).match(ask({ method, path: '/r' })), refusal)
  }
  assert.equal(winner(rules, { path: '/nowhere' }), 'ROUTE_NOT_FOUND')
  assert.equal(winner([{ name: 'all' }], { method: 'OPTIONS', path: '*' }), 'ROUTE_NOT_FOUND')
  assert.equal(winner(rules, { path: '/r', listener: 'internal', method: 'PATCH' }), 'secret')
})

test('an unknown host falls to no route of another', () => {
  const rules = [{ name: 'a', host: ['a.test'] }]
  assert.equal(winner(rules, { host: 'b.test' }), 'ROUTE_NOT_FOUND')
})

test('a field or query member that comes twice is judged by every value', () => {
  const rules = [{ name: 'open' }, { name: 'deny', headers: { 'x-role': 'admin' } }]
  for (const header of [
    ['x-role', 'user', 'x-role', 'admin'],
    ['x-role', 'admin', 'x-role', 'user'],
  ]) {
    assert.equal(winner(rules, { header }), 'deny')
  }
  const joined = [{ name: 'open' }, { name: 'deny', headers: { 'x-role': { regex: 'user, .*' } } }]
  assert.equal(winner(joined, { header: ['x-role', 'user', 'x-role', 'admin'] }), 'deny')
  const query = [{ name: 'open' }, { name: 'v2', query: { 'a b': 'c d', absent: false } }] as const
  assert.equal(winner(query, { query: '?x&a+b=1&%61%20b=c+d' }), 'v2')
  assert.equal(winner(query, { query: '?a+b=c+d&absent' }), 'open')
  assert.equal(winner(query, { query: '?a+b=%zz' }), 'open')
})

test('names that objects have of their own match only where they are written', () => {
  const rules = [
    { name: 'open', path: '/p' },
    { name: 'admin', path: '/p', query: { admin: true }, headers: { admin: true } },
    { name: 'proto', path: '/p', headers: { ['__proto__']: 'x' } },
  ] as const
  const header = ['__proto__', 'polluted', 'constructor', 'c', 'tostring', 't']
  const query = '?__proto__[admin]=1&constructor=x&toString=y'
  assert.equal(winner(rules, { path: '/p', header, query }), 'open')
  assert.equal(winner(rules, { path: '/p', query: '?hasOwnProperty' }), 'open')
  assert.equal(({} as { admin?: unknown }).admin, undefined)
})

test('parameters are decoded once, by the names of the route that won', () => {
  const rules = [
    { name: 'r', host: ['{tenant}.test'], path: '/{id:[^x]+}/{constructor}/{rest**}' },
    { name: 'other', host: ['{t}.test'], path: '/{x}/{y}/z', methods: ['POST'] },
  ]
  const { params } = routerOf(rules).match(
    ask({ host: 'acme.test', path: '/caf%C3%A9/a%2Fb%2541/z/%20%2F' }),
  ) as { params: Record<string, string> }
  assert.deepEqual(
    { ...params },
    { tenant: 'acme', id: 'café', constructor: 'a/b%41', rest: 'z/ /' },
  )
  assert.deepEqual(restOf(params), { name: 'rest', path: '/z/%20%2F' })
  assert.equal(params['toString'], undefined)
  assert.equal(params['__proto__'], undefined)
})

test('what an unnamed ** took is kept as it stands, and is no parameter', () => {
  const router = routerOf([{ name: 'r', path: '/old/**' }])
  for (const rest of ['', '/', '/a/%FF%2f%40', '/a/']) {
    const { params } = router.match(ask({ path: `/old${rest}` })) as { params: object }
    assert.deepEqual(Object.keys(params), [])
    assert.deepEqual(restOf(params as never), { name: '**', path: rest })
  }
})

test('a parameter of invalid UTF-8 or with a control character is refused', () => {
  const router = routerOf([{ name: 'r', path: '/u/{id}' }])
  for (const path of ['/u/%ff', '/u/%C3', '/u/%C2%85']) {
    assert.deepEqual(router.match(ask({ path })), { route: undefined, fault: 'BAD_PATH' })
  }
})

test('a path whose other reading is another route is refused', () => {
  const rules = [
    { name: 'open' },
    { name: 'admin', path: '/admin/**' },
    { name: 'map', path: '/map/{at}' },
  ]
  for (const path of ['/admin;x/secret', '/;/admin', '/admin%3Bx', '/admin%5csecret']) {
    assert.equal(winner(rules, { path }), 'BAD_PATH', path)
  }
  assert.equal(winner(rules, { path: '/map/1;2' }), 'map')
  assert.equal(winner(rules, { path: '/free;x/a%5Cb' }), 'open')
  assert.equal(winner(rules, { path: '/admin/a;x=1' }), 'admin')
})
