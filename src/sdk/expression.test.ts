import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as check, constantFrom, property } from 'fast-check'
import { HeaderList } from '#http/header-list'
import { type Asked, exchangeFor } from '../../test/kit/exchange.ts'
import { Expression, parseCondition, parseExpression } from './expression.ts'

const ASKED: Asked = {
  method: 'POST',
  path: '/orders/42',
  query: '?user=u%201&user=2&empty=',
  headers: new HeaderList([
    'x-beta',
    '1',
    'x-list',
    'a',
    'x-list',
    'b',
    'cookie',
    'a=1; s=2=3; a=9',
  ]),
  params: { id: '42' },
  consumer: { name: 'acme', plan: 'gold', groups: ['partners', 'testers'] },
  claims: { sub: '42', roles: ['admin'], level: 3, email: 'a@shop.example' },
}

function holds(text: string, asked: Asked = ASKED): boolean {
  const read = parseCondition(text)
  if (typeof read === 'string') assert.fail(read)
  return read.holds(exchangeFor(asked))
}

for (const text of [
  'path.id == "42" && path["id"] == "42"',
  'query.user == "u 1" && query.empty == ""',
  'headers["x-beta"] == "1" && headers["x-list"] == "a, b"',
  'cookies.s == "2=3" && cookies.a == "1"',
  'claims.sub == path.id && "admin" in claims.roles && claims.level >= 3',
  'claims.email.endsWith("@shop.example")',
  'consumer.name == "acme" && consumer.plan == "gold" && "testers" in consumer.groups',
  'client.ip == "192.0.2.1"',
  'request.method == "POST" && request.path == "/orders/42" && request.host == "gw.test" && request.scheme == "http"',
  'request.path.matches("^/orders/[0-9]+$")',
  'claims.email.matches("@shop")',
  'headers["x-list"].split(", ").exists(one, one == "b")',
  '"x-beta" in headers && !("x-other" in headers)',
  'has(claims.sub) && !has(claims.other) && !has(headers.other)',
  'headers.other == "1" || true',
])
  test(`is true: ${text}`, () => assert.ok(holds(text)))

const ABSENT = [
  'path.other == "1"',
  'headers["x-other"] == "1"',
  'headers["x-other"] != "1"',
  'claims.other == "1"',
  '!claims.other',
  'consumer.plan == "gold"',
  'consumer.plan != "gold"',
  '"testers" in consumer.groups',
]
for (const text of ABSENT)
  test(`is false for an exchange that lacks it: ${text}`, () => assert.ok(!holds(text, {})))

test('is false where a value is of another type than the expression needs', () => {
  assert.ok(!holds('claims.level == "3" || claims.level.startsWith("3")'))
  assert.ok(!holds('claims.sub')) // a text is not true
})

test('a value that cannot be had is undefined', () => {
  const read = parseExpression('headers["x-beta"] + "!"')
  assert.ok(read instanceof Expression)
  assert.equal(read.value(exchangeFor(ASKED)), '1!')
  assert.equal(read.value(exchangeFor()), undefined)
})

test('names the path parameters that it cannot do without', () => {
  const read = parseCondition(
    'path.id == "1" && path["sub-id"] == "2" && has(path.rest) && path.rest != ""',
  )
  assert.deepEqual(read instanceof Expression && read.names, ['id', 'sub-id'])
})

const WRONG: readonly (readonly [text: string, what: string])[] = [
  ['', 'at character 1: unexpected the end'],
  ['headers.a ==', 'at character 13: unexpected the end'],
  ['headers.a = "b"', 'at character 11: unexpected ='],
  ['(true', 'at character 6: expected ")", got the end'],
  [
    'true &&\n  header.a == "b"',
    'at line 2, character 3: there is no variable "header"; did you mean "headers"?',
  ],
  [
    'user == "a"',
    'at character 1: there is no variable "user"; there are path, query, headers, cookies, claims, consumer, client, request, stage',
  ],
  [
    'headers.x-beta == "1"',
    'at character 11: there is no variable "beta"; a name with "-" is written headers["x-name"]',
  ],
  ['headers["X-Beta"] == "1"', 'at character 9: names of headers are in small letters: x-beta'],
  ['headers.host == "a"', 'at character 1: the host is request.host'],
  ['request.metod == "GET"', 'at character 9: request has no "metod"; did you mean "method"?'],
  ['client.port == "1"', 'at character 8: client has no "port"; it has ip'],
  [
    'request.path.startWith("/a")',
    'at character 1: there is no function "startWith"; did you mean "startsWith"?',
  ],
  ['headers.a == 1', 'at character 1: no operator takes string == int'],
  ['headers.a', 'this one gives string, and true or false is wanted'],
  [
    'headers.a.matches(headers.b)',
    'at character 19: the pattern of "matches" must be a text that stands here',
  ],
  ['headers.a.matches("(a")', 'at character 19: the pattern is wrong: missing closing ): "(a"'],
  [
    'headers.a.matches("(?=a)")',
    'at character 19: the pattern is wrong: invalid or unsupported Perl syntax: "(?="',
  ],
  ['headers.a.matches("[a-z]{900}")', 'at character 19: the pattern "[a-z]{900}" repeats too much'],
  ['[1].all(a, [2].all(b, a == b))', 'at character 12: a loop within a loop has no place here'],
  ['cel.bind(a, true, a)', 'at character 1: "cel" has no place here'],
]
for (const [text, what] of WRONG)
  test(`is refused: ${JSON.stringify(text)}`, () =>
    assert.equal(parseCondition(text), `expected an expression; ${what}`))

for (const [bound, text] of [
  ['at most 2000 characters', `"${'a'.repeat(2_000)}" == ""`],
  ['maxDepth', `${'('.repeat(60)}true${')'.repeat(60)}`],
  ['maxAstNodes', Array.from({ length: 200 }).fill('true').join('||')],
] as const)
  test(`is refused beyond its bounds: ${bound}`, () => {
    const refused = parseCondition(text)
    assert.ok(typeof refused === 'string' && refused.includes(bound))
  })

const WORDS = [
  ...'( ) [ ] { } . , : ? ! - + * / % < > = == != <= >= && || " \' \\ @ $ ` 0 1 1.5 0x 1u null true in'.split(
    ' ',
  ),
  ...'path query headers request consumer claims "a" b"a" r"a" has all exists map filter matches size x cel'.split(
    ' ',
  ),
]

test('whatever is written, it is an expression or there is a complaint, and nothing is thrown', () => {
  const text = array(constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' '))
  check(
    property(text, (written) => {
      const read = parseExpression(written)
      if (read instanceof Expression) read.value(exchangeFor(ASKED))
      else assert.match(read, /^expected an expression; at /)
    }),
    { numRuns: 3_000 },
  )
})

test('what a client sends cannot make it slow', () => {
  const asked = {
    headers: new HeaderList(['x', `${'a'.repeat(32_000)}!`, 'y', 'b,'.repeat(16_000)]),
  }
  const begun = performance.now()
  holds('headers.x.matches("^(a+)+$") || headers.x.matches("(a|a)*b")', asked)
  holds('headers.y.split(",").exists(one, one in headers.y.split(","))', asked)
  holds('headers.y.split(",").all(one, headers.y.split(",").size() > 1)', asked)
  assert.ok(performance.now() - begun < 1_000)
})
