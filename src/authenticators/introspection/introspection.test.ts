import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { Identity } from '#sdk/authenticator'
import { Fault } from '#sdk/fault'
import { readWhole } from '#sdk/held-body'
import { Reply } from '#sdk/reply'
import type { ServiceRequest } from '#sdk/service'
import { type FakeParts, fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { bearer, verdictOn } from '../../../test/kit/tokens.ts'
import { introspection } from './authenticator.ts'

const json = (said: object | string, type = 'application/json; charset=utf-8'): Reply =>
  new Reply(
    200,
    new HeaderList(['content-type', type]),
    Buffer.from(typeof said === 'string' ? said : JSON.stringify(said)),
  )

const anna = { active: true, sub: 'anna', scope: 'read write', client_id: 'app' }

function asking(call: FakeParts['call'] = () => json(anna), more: object = {}) {
  const host = fakeAuthenticatorHost({ call })
  const made = introspection.create(
    introspection.options.parse({
      url: 'https://id.test/introspect?a=1',
      clientId: 'gw',
      clientSecret: 'p: w+d',
      ...more,
    }),
    host,
  )
  return {
    host,
    on: (token = 'opaque') => verdictOn(made, bearer(token)),
    asked: () => host.called.length,
  }
}

const refusal = (why: string): string =>
  `CREDENTIALS_REFUSED Bearer realm="api", error="invalid_token", error_description="${why}"`

const textOf = async ({ body }: ServiceRequest): Promise<string> =>
  String(await readWhole(body, 1e4))

test('the question names the token, and the gateway by its own id and secret', async () => {
  const { host, on } = asking()
  const verdict = await on('a+b/c==')
  assert.ok(verdict instanceof Identity)
  assert.deepEqual(verdict.consumer, { name: 'anna', groups: [] })
  assert.deepEqual(verdict.scopes, ['read', 'write'])
  const [question] = host.called
  assert.equal(`${question!.method} ${question!.path}${question!.query}`, 'POST /introspect?a=1')
  assert.equal(await textOf(question!), 'token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token')
  const [, pair] = question!.headers.get('authorization')!.split(' ')
  assert.equal(Buffer.from(pair!, 'base64').toString(), 'gw:p%3A+w%2Bd')
})

test('an answer holds for the time of the cache, and never beyond the end of the token', async () => {
  const exp = fakeAuthenticatorHost().clock.wall() / 1e3 + 30
  const { host, on, asked } = asking(() => json({ ...anna, exp }), { cache: '60s' })
  await on()
  host.clock.advance(29_999)
  assert.ok((await on()) instanceof Identity)
  assert.equal(asked(), 1)
  host.clock.advance(1)
  assert.ok((await on()) instanceof Identity, 'clocks may differ a little')
  assert.equal(asked(), 2)
  host.clock.advance(5_000)
  assert.equal(await on(), refusal('it has expired'))
})

test('an answer without an end holds as long as the cache says', async () => {
  const { host, on, asked } = asking(undefined, { cache: '20s' })
  await on()
  host.clock.advance(19_999)
  await on()
  assert.equal(asked(), 1)
  host.clock.advance(1)
  await on()
  assert.equal(asked(), 2)
})

test('without a cache each request asks', async () => {
  const { on, asked } = asking(undefined, { cache: '0s' })
  await on()
  await on()
  assert.equal(asked(), 2)
})

test('what is not active is refused, and not asked about again for ten seconds', async () => {
  const { host, on, asked } = asking(() => json({ active: false }))
  assert.equal(await on(), refusal('it is not active'))
  host.clock.advance(9_999)
  assert.equal(await on(), refusal('it is not active'))
  assert.equal(asked(), 1)
  host.clock.advance(1)
  await on()
  assert.equal(asked(), 2)
})

test('made-up tokens push no good one out', async () => {
  const { on, asked } = asking(async (request) =>
    json((await textOf(request)).includes('good') ? anna : { active: false }),
  )
  await on('good')
  for (let n = 0; n < 20_001; n++) await on(`made-up-${n}`)
  const before = asked()
  assert.ok((await on('good')) instanceof Identity)
  assert.equal(asked(), before)
})

test('those who show the same token at the same time share one question', async () => {
  const answer = Promise.withResolvers<Reply>()
  const { on, asked } = asking(() => answer.promise)
  const verdicts = Promise.all([on(), on(), on(), on()])
  await Promise.resolve()
  answer.resolve(json(anna))
  assert.ok((await verdicts).every((verdict) => verdict instanceof Identity))
  assert.equal(asked(), 1)
})

test('an active token is refused where it is not for us, not from whom it should be, or names nobody in a log', async () => {
  const more = { audience: ['api', 'api2'], issuer: 'https://id.test' }
  const good = { ...anna, aud: 'api', iss: 'https://id.test' }
  const cases: [object, string | undefined][] = [
    [good, undefined],
    [{ ...good, aud: ['x', 'api2'] }, undefined],
    [{ ...good, aud: 'x' }, 'it is for someone else'],
    [{ ...good, aud: undefined }, 'it is for someone else'],
    [{ ...good, iss: 'https://id.test/' }, 'its issuer is not accepted'],
    [{ ...good, iss: undefined }, 'its issuer is not accepted'],
    [{ ...good, nbf: 99_999_999_999 }, 'it is not valid yet'],
    [{ ...good, exp: 1 }, 'it has expired'],
    [{ ...good, exp: '1' }, 'its exp is not a date'],
    [{ ...good, sub: 'a\nb' }, 'its sub is malformed'],
    [{ ...good, cnf: { kid: 'x' } }, 'it is bound in a way that cannot be checked here'],
    [{ ...good, cnf: { jkt: 'x' } }, 'it is bound to a key: the scheme is DPoP'],
  ]
  for (const [said, why] of cases) {
    const verdict = await asking(() => json(said), more).on()
    if (why === undefined) assert.ok(verdict instanceof Identity)
    else
      assert.ok(
        typeof verdict === 'string' && verdict.includes(`"${why}"`),
        `${why}: ${JSON.stringify(verdict)}`,
      )
  }
})

test('a token that cannot be one is refused, and nobody is asked', async () => {
  const { on, asked } = asking()
  assert.equal(await on('a b'), refusal('it is malformed'))
  assert.equal(await on('caf\u00e9'), refusal('it is malformed'))
  assert.equal(await on('a=b'), refusal('it is malformed'))
  assert.equal(await on('a'.repeat(8_193)), refusal('it is longer than accepted'))
  assert.equal(asked(), 0)
})

test('whatever is no answer is neither yes nor no', async () => {
  const cases: Record<string, () => Reply> = {
    'status 401': () =>
      new Reply(401, new HeaderList(['content-type', 'application/json']), '{"active":true}'),
    'status 500': () => new Reply(500),
    'status 302': () => new Reply(302, new HeaderList(['location', 'https://evil.test'])),
    'a page': () => json('<html>', 'text/html'),
    'JSON that says to be a page': () => json(anna, 'text/html'),
    'half JSON': () => json('{"active":tr'),
    'no object': () => json('true'),
    'a text for true': () => json({ active: 'true' }),
    'no word whether it is active': () => json({ sub: 'anna' }),
    'two words whether it is': () => json('{"active":false,"active":true}'),
    'a time limit': () => {
      throw new Fault('RESPONSE_TIMEOUT')
    },
    'nobody there': () => {
      throw new Fault('SERVICE_REFUSED')
    },
  }
  for (const [what, call] of Object.entries(cases)) {
    const { on, asked } = asking(call)
    assert.equal(await on(), 'AUTHENTICATOR_UNREACHABLE', what)
    await on()
    assert.equal(asked(), 2, 'a failure is not kept')
  }
})

const complaints = (more: object): string[] => {
  const all = { url: 'https://id.test/i', clientId: 'gw', clientSecret: 's', ...more }
  const read = introspection.options.safeParse(all)
  if (!read.success)
    return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return introspection.check!(read.data).map(({ at, message }) => `${at}: ${message}`)
}

test('options that are wrong are said to be', () => {
  assert.deepEqual(complaints({}), [])
  assert.deepEqual(complaints({ cache: '61s' }), ['cache: expected at most 60s'])
  assert.deepEqual(complaints({ url: 'id.test' }), ['url: found id.test, expected an https URL'])
  assert.deepEqual(complaints({ url: 'http://8.8.8.8/i' }), [
    'url: found http://8.8.8.8/i, which would be asked in plain text beyond the local network, expected https',
  ])
  assert.deepEqual(complaints({ url: 'https://id.test//i' }), [
    'url: found https://id.test//i, expected a plain path in it',
  ])
})
