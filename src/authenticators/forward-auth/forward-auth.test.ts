import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceRequest } from '#sdk/service'
import { Fault, HeaderList, Identity, Refusal, Reply, type Verdict } from '#sdk/index'
import { type FakeParts, fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { type Asked, exchangeFor } from '../../../test/kit/exchange.ts'
import { forwardAuth } from './authenticator.ts'

type Written = Parameters<typeof forwardAuth.options.parse>[0]

function asking(call: FakeParts['call'], more: object = {}) {
  const written: Written = {
    url: 'http://auth.test/check?a=1',
    send: ['authorization', 'cookie'],
    ...more,
  }
  const host = fakeAuthenticatorHost({ call: call ?? (() => new Reply(204)) })
  const authenticator = forwardAuth.create(forwardAuth.options.parse(written), host)
  const ask = (asked: Asked = {}): Promise<Verdict> =>
    Promise.resolve(authenticator.authenticate(exchangeFor(asked)))
  return { host, authenticator, ask }
}

const yes = (...flat: string[]) => new Reply(200, new HeaderList(flat), 'fine')

const headersOf = ({ headers }: ServiceRequest) => Object.fromEntries(headers)

test('the question is a GET of its own: what is asked, the fields that were chosen, and nothing that frames', async () => {
  const { host, ask } = asking(() => yes())
  const headers = new HeaderList([
    'authorization', 'Bearer x', 'cookie', 'a=1', 'cookie', 'b=2', 'content-length', '3', 'range', 'bytes=0-1',
    'if-none-match', '"a"', 'x-other', '1',
  ]) // prettier-ignore
  await ask({ method: 'POST', path: '/orders/7', query: '?x=%41', headers })
  const [question] = host.called
  assert.equal(`${question!.method} ${question!.path}${question!.query}`, 'GET /check?a=1')
  assert.equal(question!.body, undefined)
  assert.deepEqual(headersOf(question!), {
    'x-forwarded-method': 'POST',
    'x-forwarded-uri': '/orders/7?x=%41',
    authorization: 'Bearer x',
    cookie: 'a=1; b=2',
  })
})

test('a yes gives the service the fields to take, and none of those that it lacks', async () => {
  const { authenticator, ask } = asking(() => yes('x-user-id', 'bob'), {
    take: ['x-user-id', 'x-groups'],
    consumer: 'x-user-id',
  })
  const verdict = await ask()
  assert.ok(verdict instanceof Identity)
  assert.deepEqual(verdict.fields, [
    ['x-user-id', 'bob'],
    ['x-groups', undefined],
  ])
  assert.equal(verdict.consumer?.name, 'bob')
  assert.deepEqual(authenticator.fields, ['x-user-id', 'x-groups'])
})

test('the answer may name groups; without a name nobody is known', async () => {
  const more = { consumer: 'x-user', groups: 'x-groups' }
  const known = await asking(
    () => yes('x-user', ' anna ', 'x-groups', 'a, b', 'x-groups', ',c'),
    more,
  ).ask()
  assert.deepEqual((known as Identity).consumer, { name: 'anna', groups: ['a', 'b', 'c'] })
  const unknown = await asking(() => yes('x-user', ' '), more).ask()
  assert.equal((unknown as Identity).consumer, undefined)
})

for (const status of [302, 303, 307, 308, 401, 403, 429])
  test(`${status} is told to the client with its body and fields, less those of the connection`, async () => {
    const headers = new HeaderList([
      'location', 'https://login.test/', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'www-authenticate', 'Basic',
      'connection', 'x-hop', 'x-hop', '1', 'content-length', '4', 'keep-alive', 'timeout=5',
    ]) // prettier-ignore
    const verdict = await asking(() => new Reply(status, headers, 'away')).ask()
    assert.ok(verdict instanceof Refusal)
    assert.equal(verdict.reply?.status, status)
    assert.equal(String(verdict.reply.body), 'away')
    assert.deepEqual(verdict.reply.headers.flat, [
      'location', 'https://login.test/', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'www-authenticate', 'Basic',
      'cache-control', 'no-store',
    ]) // prettier-ignore
  })

for (const status of [301, 304, 400, 404, 407, 500, 502])
  test(`${status} is no answer to the question: nobody passes, and nobody is told of it`, async () => {
    const verdict = await asking(() => new Reply(status, new HeaderList(), 'oops')).ask()
    assert.ok(verdict instanceof Refusal)
    assert.equal(verdict.fault.code, 'AUTHENTICATOR_UNREACHABLE')
    assert.equal(verdict.reply, undefined)
  })

for (const code of [
  'RESPONSE_TIMEOUT',
  'SERVICE_RESET',
  'SERVICE_BAD_REPLY',
  'SERVICE_REFUSED',
] as const)
  test(`${code} lets nobody pass`, async () => {
    const verdict = await asking(() => {
      throw new Fault(code)
    }).ask()
    assert.equal((verdict as Refusal).fault.code, 'AUTHENTICATOR_UNREACHABLE')
  })

test('a yes whose body breaks off, or is too large, is none', async () => {
  const cut = { start: (sink: { fail(fault: Fault): void }) => sink.fail(new Fault('REPLY_CUT')), pause() {}, resume() {}, abort() {} } // prettier-ignore
  const large = { ...cut, length: 65 * 1024 }
  for (const body of [cut, large]) {
    const verdict = await asking(() => new Reply(200, new HeaderList(), body)).ask()
    assert.equal((verdict as Refusal).fault.code, 'AUTHENTICATOR_UNREACHABLE')
  }
})

test('a client that leaves is no failure of the auth server', async () => {
  const { ask } = asking(() => {
    throw new Fault('CLIENT_GONE')
  })
  await assert.rejects(ask(), { code: 'CLIENT_GONE' })
})

test('Authorization is not for the service once it was sent, unless the answer brings another', () => {
  assert.deepEqual(asking(undefined).authenticator.carriers, { headers: ['authorization'] })
  assert.deepEqual(asking(undefined, { take: ['authorization'] }).authenticator.carriers, {})
  assert.deepEqual(asking(undefined, { send: ['cookie'] }).authenticator.carriers, {})
})

// ---- the cache

const credentials = (value: string) => ({ headers: new HeaderList(['authorization', value]) })

test('without a cache each request is asked for', async () => {
  const { host, ask } = asking(() => yes())
  await ask()
  await ask()
  assert.equal(host.called.length, 2)
})

test('a yes holds for the same question and no other, as long as the cache says', async () => {
  const { host, ask } = asking(() => yes('x-user', String(host.called.length)), {
    cache: '30s',
    take: ['x-user'],
  })
  const asked = { path: '/a', ...credentials('one') }
  const first = await ask(asked)
  assert.equal(await ask(asked), first)
  for (const other of [
    { ...asked, path: '/b' },
    { ...asked, query: '?a' },
    { ...asked, method: 'PUT' },
    { path: '/a', ...credentials('two') },
  ])
    // prettier-ignore
    assert.notEqual(await ask(other), first)
  assert.equal(host.called.length, 5)
  host.clock.advance(30_000)
  assert.notEqual(await ask(asked), first)
})

for (const [said, ms] of [
  ['max-age=10', 10_000],
  ['private, max-age=60', 30_000],
  ['no-store', 0],
  ['no-cache, max-age=9', 0],
  ['max-age=never', 0],
] as const)
  // prettier-ignore
  test(`an answer that says "${said}" holds ${ms} ms`, async () => {
    const { host, ask } = asking(() => yes('cache-control', said), { cache: '30s' })
    await ask()
    host.clock.advance(Math.max(ms - 1, 0))
    await ask()
    assert.equal(host.called.length, ms === 0 ? 2 : 1)
    host.clock.advance(1)
    await ask()
    assert.equal(host.called.length, ms === 0 ? 3 : 2)
  })

test('a no, a failure and an answer that sets a cookie are never kept', async () => {
  for (const reply of [new Reply(401), new Reply(500), yes('set-cookie', 'a=1')]) {
    const { host, ask } = asking(() => reply, { cache: '30s' })
    await ask()
    await ask()
    assert.equal(host.called.length, 2)
  }
})

test('a key says what alone counts; a request without it is asked for each time', async () => {
  const { host, ask } = asking(() => yes(), { cache: { ttl: '30s', key: 'header:authorization' } })
  await ask({ path: '/a', ...credentials('one') })
  await ask({ path: '/b', ...credentials('one') })
  assert.equal(host.called.length, 1)
  await ask()
  await ask()
  assert.equal(host.called.length, 3)
})

test('those who ask the same at once share one answer, also when there is none', async () => {
  for (const answer of [() => yes(), () => new Reply(401), () => new Reply(500)]) {
    const { host, ask } = asking(async () => Promise.resolve(answer()), { cache: '30s' })
    const verdicts = await Promise.all([ask(), ask(), ask()])
    assert.equal(host.called.length, 1)
    assert.equal(new Set(verdicts.map((verdict) => verdict instanceof Identity)).size, 1)
  }
})

test('an answer that sets a cookie is for the one who asked: the others ask themselves', async () => {
  const { host, ask } = asking(
    async () => Promise.resolve(new Reply(302, new HeaderList(['set-cookie', 'a=1']))),
    {
      cache: '30s',
    },
  )
  await Promise.all([ask(), ask(), ask()])
  assert.equal(host.called.length, 3)
})

test('the cache is bounded', async () => {
  const { host, ask } = asking(() => yes(), { cache: '1h' })
  for (let n = 0; n < 10_001; n++) await ask({ path: `/${n}` })
  await ask({ path: '/0' })
  await ask({ path: '/10000' })
  assert.equal(host.called.length, 10_002)
})

// ---- what is written

for (const [about, written] of [
  ['no URL', { url: 'auth.internal' }],
  ['a URL with a password', { url: 'http://a:b@auth.test/' }],
  ['a URL of another scheme', { url: 'ftp://auth.test/' }],
  ['no fields to send', { send: undefined }],
  ['a field that frames the message', { send: ['content-length'] }],
  ['a field that the gateway writes itself', { send: ['x-forwarded-for'] }],
  ['a conditional field', { send: ['if-none-match'] }],
  ['a field to take that frames the message', { take: ['transfer-encoding'] }],
  ['a field to take that sets cookies', { take: ['set-cookie'] }],
  ['no time at all', { timeout: '0s' }],
  ['a cache that holds nothing', { cache: '0s' }],
] as const)
  test(`refused: ${about}`, () => {
    const all = { url: 'http://auth.test/', send: [], ...written }
    assert.equal(forwardAuth.options.safeParse(all).success, false)
  })
