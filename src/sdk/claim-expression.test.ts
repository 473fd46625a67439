import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClaimExpression, parseClaimExpression } from './claim-expression.ts'

const of = (text: string, claims: Record<string, unknown>): unknown => {
  const parsed = parseClaimExpression(text)
  assert.ok(parsed instanceof ClaimExpression, 'it is one')
  return parsed.of(claims)
}

const problem = (text: string): unknown => parseClaimExpression(text)

test('an expression over claims gives what they hold, and undefined for what they have not', () => {
  const claims = JSON.parse(
    '{"sub":"anna","realm_access":{"roles":["a","b"]},"n":7,"__proto__":{"x":"y"}}',
  ) as Record<string, unknown>
  assert.equal(of('claims.sub', claims), 'anna')
  assert.deepEqual(of('claims.realm_access.roles', claims), ['a', 'b'])
  assert.equal(of('claims["sub"] + "@x"', claims), 'anna@x')
  assert.equal(of('claims.azp', claims), undefined)
  assert.equal(of('claims.sub.more', claims), undefined)
})

test('names that every object inherits are no claims', () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'])
    assert.equal(of(`claims.${name}`, {}), undefined, name)
})

test('what is no expression over claims is said to be none', () => {
  assert.equal(
    problem('claim.sub'),
    'expected an expression over claims, such as claims.sub; at character 1: there is no variable "claim"; did you mean "claims"?',
  )
  assert.match(String(problem('sub')), /there is no variable "sub"; there is claims$/)
  assert.match(String(problem('request.path')), /there is no variable "request"/)
  assert.match(String(problem('claims.')), /^expected an expression over claims/)
  assert.match(String(problem(`"${'a'.repeat(500)}"`)), /at most 500 characters$/)
})
