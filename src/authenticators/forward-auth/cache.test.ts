import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList, Identity, Reply } from '#sdk/index'
import { asking, yes } from '../../../test/kit/forward-auth.ts'

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
