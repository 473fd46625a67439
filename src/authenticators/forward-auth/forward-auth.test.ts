import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceRequest } from '#sdk/service'
import { Fault, HeaderList, Identity, Refusal, Reply } from '#sdk/index'
import { asking, yes } from '../../../test/kit/forward-auth.ts'

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

test('cookies that come with a yes are set with the reply to this caller', async () => {
  const verdict = await asking(() => yes('set-cookie', 'a=1', 'set-cookie', 'b=2')).ask()
  const reply = new Reply(200, new HeaderList(['set-cookie', 'c=3']))
  ;(verdict as Identity).onReply!(reply)
  assert.deepEqual(reply.headers.all('set-cookie'), ['c=3', 'a=1', 'b=2'])
  assert.equal(reply.headers.get('cache-control'), 'no-store')
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
    assert.equal((verdict.reply.body as Buffer).toString(), 'away')
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
