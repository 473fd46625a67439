import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Identity } from '#sdk/authenticator'
import { parseClaimExpression } from '#sdk/claim-expression'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { verdictOn } from '../../../test/kit/tokens.ts'
import { type Facts, readFacts } from './facts.ts'
import { tokenAuthenticator } from './token-authenticator.ts'

const consumer = parseClaimExpression('claims.sub')

function factsOf(claims: Record<string, unknown>): Facts {
  assert.ok(typeof consumer !== 'string')
  const rules = { consumer, groups: undefined, issuer: undefined, audience: undefined }
  const facts = readFacts(claims, { ...rules, require: [], mustEnd: false })
  assert.ok(typeof facts !== 'string')
  return facts
}

const ANNA = factsOf({ sub: 'anna' })

const accepting = tokenAuthenticator(fakeAuthenticatorHost(), {
  maxBytes: 100,
  find: (token) => (token === 'good' ? ANNA : 'it is bad'),
})

async function shown(...fields: string[]): Promise<string> {
  const list = fields.map((value) => ['authorization', value] as const)
  const verdict = await verdictOn(accepting, list)
  return verdict instanceof Identity ? verdict.consumer!.name : verdict
}

const refused = (error: string, why: string): string =>
  `CREDENTIALS_REFUSED Bearer realm="api", error="${error}", error_description="${why}"`

test('a token stands in one Authorization field, behind its scheme in any case', async () => {
  assert.equal(await shown('Bearer good'), 'anna')
  assert.equal(await shown('bearer good'), 'anna')
  assert.equal(await shown('BEARER   good'), 'anna')
  assert.equal(await shown(), '')
  assert.equal(await shown('Basic x, Bearer good'), '')
  assert.equal(await shown('Bearergood'), '')
  assert.equal(await shown('Bearer'), refused('invalid_request', 'there is no token'))
  assert.equal(await shown('Bearer  '), refused('invalid_request', 'there is no token'))
  assert.equal(
    await shown('Bearer good', 'Bearer good'),
    refused('invalid_request', 'there is more than one Authorization field'),
  )
  assert.equal(await shown('Bearer good x'), refused('invalid_token', 'it is bad'))
  assert.equal(
    await shown(`Bearer ${'a'.repeat(101)}`),
    refused('invalid_token', 'it is longer than accepted'),
  )
})

test('a token in the query or in a cookie is not read', async () => {
  const asked = { query: '?access_token=good' }
  assert.equal(await verdictOn(accepting, [['cookie', 'access_token=good']], asked), '')
})

test('a token that is not bound to a key has no use for the scheme DPoP', async () => {
  assert.equal(await shown('DPoP good'), refused('invalid_token', 'it is not bound to a key'))
})
