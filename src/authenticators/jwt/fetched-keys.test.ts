import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { ErrandAnswer } from '#sdk/errands'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { keySetOf, makeKey } from '../../../test/kit/tokens.ts'
import { FetchedKeys } from './fetched-keys.ts'

const [a, b] = [makeKey('ES256', 'a'), makeKey('ES256', 'b')]

type Says = Partial<ErrandAnswer> | Error

/** Keys that are fetched from an issuer that says what `issuer.says`. */
function fetched(t: TestContext, first: Says) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(Math, 'random', () => 0.5)
  const issuer: { says: Says | Promise<Says> } = { says: first }
  const host = fakeAuthenticatorHost({
    async errand() {
      const says = await issuer.says
      if (says instanceof Error) throw says
      return says
    },
  })
  let changes = 0
  const keys = new FetchedKeys(
    () => 'https://iss.test/keys',
    host,
    () => changes++,
  )
  t.after(() => keys.close())
  return {
    issuer,
    host,
    keys,
    kids: () => keys.keys?.keys.map(({ kid }) => kid),
    changes: () => changes,
    fetches: () => host.asked.length,
    /** Time passes, and what falls due is over. */
    pass: async (ms: number) => {
      host.clock.advance(ms)
      t.mock.timers.tick(ms)
      await settled()
    },
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

const answering = (body: string, cacheControl?: string): Says => ({
  body,
  headers: cacheControl === undefined ? {} : { 'cache-control': cacheControl },
})

test('keys are fetched again when they are old enough: as Cache-Control says, within bounds', async (t) => {
  for (const [said, minutes] of [
    [undefined, 10],
    ['public, max-age=1800', 30],
    ['max-age=1', 1],
    ['no-store', 10],
    ['max-age=999999999', 24 * 60],
  ] as const) {
    await t.test(`${said}`, async (inner) => {
      const { fetches, pass } = fetched(inner, answering(keySetOf(a), said))
      await settled()
      await pass(minutes * 60_000 - 1)
      assert.equal(fetches(), 1)
      await pass(1)
      assert.equal(fetches(), 2)
    })
  }
})

test('new keys take the place of the old, and what was checked with those is void; equal ones change nothing', async (t) => {
  const { issuer, kids, changes, pass } = fetched(t, answering(keySetOf(a)))
  await settled()
  assert.deepEqual([kids(), changes()], [['a'], 1])
  await pass(600_000)
  assert.deepEqual([kids(), changes()], [['a'], 1])
  issuer.says = answering(keySetOf(b))
  await pass(600_000)
  assert.deepEqual([kids(), changes()], [['b'], 2])
})

test('keys stay while their issuer gives no others, whatever it says instead; the log says so once', async (t) => {
  const { issuer, kids, host, pass } = fetched(t, answering(keySetOf(a)))
  await settled()
  const garbage: Says[] = [
    new Error('connection refused'),
    { status: 500 },
    { status: 302, headers: { location: 'https://evil.test' } },
    { body: '<html>' },
    { body: '{"keys":[' },
    { body: '{"keys":[]}' },
    { body: '{"keys":{}}' },
    { body: '{"keys":[{"kty":"oct","k":"AAAA"}]}' },
    { body: JSON.stringify({ keys: [{ ...a.jwk, use: 'enc' }] }) },
    { body: JSON.stringify({ keys: [{ ...a.jwk, d: 'AAAA' }] }) },
  ]
  for (const says of garbage) {
    issuer.says = says
    await pass(600_000)
    assert.deepEqual(kids(), ['a'], JSON.stringify(says))
  }
  issuer.says = answering(keySetOf(a, b))
  await pass(60_000)
  assert.deepEqual(kids(), ['a', 'b'])
  assert.deepEqual(host.logged, [
    'the keys of one cannot be fetched; those there are stay',
    'the keys of one can be fetched again',
  ])
})

test('without keys the issuer is asked again within seconds, less and less often', async (t) => {
  const { issuer, kids, fetches, pass } = fetched(t, new Error('connection refused'))
  await settled()
  for (const seconds of [1, 2, 4, 5, 5]) {
    const before = fetches()
    await pass(seconds * 1_000 - 1)
    assert.equal(fetches(), before, `${seconds}`)
    await pass(1)
    assert.equal(fetches(), before + 1, `${seconds}`)
  }
  assert.equal(kids(), undefined)
  issuer.says = answering(keySetOf(a))
  await pass(5_000)
  assert.deepEqual(kids(), ['a'])
})

test('a kid that nobody knows sends for the keys at once, and all others within ten seconds do not', async (t) => {
  const { issuer, keys, kids, fetches, host } = fetched(t, answering(keySetOf(a)))
  await settled()
  host.clock.advance(3_000)
  issuer.says = answering(keySetOf(b))
  const renewals = [1, 2, 3].map(() => Promise.resolve(keys.renew()))
  assert.equal(fetches(), 1)
  assert.deepEqual(await Promise.all(renewals), [true, true, true])
  assert.deepEqual([kids(), fetches()], [['b'], 2])
  assert.equal(
    host.asked[1]!.maxAgeMs,
    2_999,
    'an answer newer than ours will do, if another worker has one',
  )
  assert.equal(keys.renew(), true)
  host.clock.advance(9_999)
  assert.equal(keys.renew(), true)
  assert.equal(fetches(), 2)
  host.clock.advance(1)
  assert.equal(await keys.renew(), true)
  assert.equal(fetches(), 3)
})

test('while the issuer cannot be asked nobody knows whether a kid is one of its', async (t) => {
  const { issuer, keys, kids } = fetched(t, answering(keySetOf(a)))
  await settled()
  issuer.says = new Error('connection refused')
  assert.equal(await keys.renew(), false)
  assert.equal(keys.renew(), false)
  assert.deepEqual(kids(), ['a'])
})

test('keys that cannot be used are told of, and the others serve', async (t) => {
  const small = {
    kty: 'RSA',
    n: 'rJBIp6T1YK-RtPyvYqFFlcucqewSAA_IReSFchE8qyiQrbARqRlXWkB2DR8j_pJQ',
    e: 'AQAB',
  }
  const body = JSON.stringify({ keys: [small, { ...a.jwk, use: 'enc', kid: 'x' }, a.jwk] })
  const { kids, host } = fetched(t, { body })
  await settled()
  assert.deepEqual(kids(), ['a'])
  assert.deepEqual(host.logged, ['one: some keys of its issuer cannot be used'])
})

test('closed keys are not fetched any more', async (t) => {
  const { keys, fetches, pass } = fetched(t, answering(keySetOf(a)))
  await settled()
  keys.close()
  await pass(86_400_000)
  assert.equal(fetches(), 1)
})
