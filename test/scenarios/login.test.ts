import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { noChromium, startChromium } from '../kit/chromium.ts'
import { startLoginScene } from '../kit/login-scene.ts'
import { until } from '../kit/until.ts'

const BROWSER = { skip: noChromium, timeout: 60_000 }

async function scene(t: TestContext, wanted?: Parameters<typeof startLoginScene>[1]) {
  const all = await startLoginScene(t, wanted)
  const browser = await startChromium(t)
  return { ...all, context: await browser.newContext({ ignoreHTTPSErrors: true }) }
}

/** Fills in the issuer's form on the page where it is. */
async function logIn(page: Page, name = 'anna'): Promise<void> {
  await page.fill('input[name=login]', name)
  await page.fill('input[name=password]', 'any')
  await page.click('button[type=submit]')
  const consent = page.getByRole('button', { name: 'Continue' })
  await consent.click()
}

const sessionOf = async (context: BrowserContext): Promise<string | undefined> =>
  (await context.cookies()).find(({ name }) => name === 'staff-session')?.value

/** By a script of the page: the status, and whether it was sent elsewhere. */
const fetchIn = (page: Page, path: string): Promise<number> =>
  page.evaluate(async (url) => (await fetch(url, { redirect: 'manual' })).status, path)

test(
  'a browser logs in, arrives at the page it asked for, and is known from then on',
  BROWSER,
  async (t) => {
    const { site, requests, context, issuer } = await scene(t)
    const page = await context.newPage()
    await page.goto(`${site}/reports?year=2026`)
    assert.ok(page.url().startsWith(issuer.url), 'it was sent to the issuer')
    assert.equal(requests.length, 0)
    await logIn(page)
    await page.waitForURL(`${site}/reports?year=2026`)
    assert.equal(await page.title(), 'anna')
    assert.match(requests[0]!, /^x-mail: anna@shop\.test\r$/m)
    assert.doesNotMatch(requests.join(), /staff-session/, 'no service sees a cookie of the login')
    assert.equal(await fetchIn(page, '/api'), 200)
    await page.goto(`${site}/other`)
    assert.equal(await page.title(), 'anna')
    const cookie = (await context.cookies()).find(({ name }) => name.startsWith('staff-'))
    assert.deepEqual(
      [cookie?.name, cookie?.httpOnly, cookie?.sameSite],
      ['staff-session', true, 'Lax'],
    )
  },
)

test(
  'over TLS the cookies are for this host alone, and a real browser keeps them',
  BROWSER,
  async (t) => {
    const { site, context } = await scene(t, { isTls: true })
    const page = await context.newPage()
    await page.goto(`${site}/page`)
    await logIn(page)
    await page.waitForURL(`${site}/page`)
    assert.equal(await page.title(), 'anna')
    const cookie = (await context.cookies()).find(({ name }) => name.includes('staff-'))
    assert.deepEqual(
      [cookie?.name, cookie?.secure, cookie?.path],
      ['__Host-staff-session', true, '/'],
    )
  },
)

test('with sameSite: strict a browser arrives all the same', BROWSER, async (t) => {
  const { site, context } = await scene(t, { oidc: ', sameSite: strict' })
  const page = await context.newPage()
  await page.goto(`${site}/page`)
  await logIn(page)
  await page.waitForURL(`${site}/page`)
  assert.equal(await page.title(), 'anna')
})

test('calls and scripts without a session get 401, and are sent nowhere', BROWSER, async (t) => {
  const { site, context, requests } = await scene(t)
  const page = await context.newPage()
  await page.goto(`${site}/bye`)
  assert.equal(await fetchIn(page, '/api'), 401)
  const reply = await fetch(`${site}/api`, { redirect: 'manual' })
  assert.equal(reply.status, 401)
  assert.match(await reply.text(), /CREDENTIALS_MISSING/)
  assert.equal(requests.length, 0)
})

test('two tabs that log in at once both arrive', BROWSER, async (t) => {
  const { site, context } = await scene(t)
  const [one, two] = [await context.newPage(), await context.newPage()]
  await one.goto(`${site}/one`)
  await two.goto(`${site}/two`)
  await logIn(two)
  await two.waitForURL(`${site}/two`)
  await one.fill('input[name=login]', 'anna')
  await one.fill('input[name=password]', 'any')
  await one.click('button[type=submit]')
  await one.waitForURL(`${site}/one`)
  assert.deepEqual([await one.title(), await two.title()], ['anna', 'anna'])
  assert.equal((await context.cookies()).filter(({ name }) => name.includes('-login-')).length, 0)
})

test(
  'a session is renewed once, however many ask at once and in whatever worker',
  BROWSER,
  async (t) => {
    const { site, context } = await scene(t, { issuing: { accessTokenTtlS: 1 }, workers: 2 })
    const page = await context.newPage()
    await page.goto(`${site}/`)
    await logIn(page)
    await page.waitForURL(`${site}/`)
    // The issuer takes a refresh token once: if one went there twice, it would end the session.
    for (let time = 0; time < 3; time++) {
      const before = await sessionOf(context)
      await until(async () => {
        const statuses = await Promise.all(Array.from({ length: 6 }, () => fetchIn(page, '/api')))
        assert.deepEqual(new Set(statuses), new Set([200]))
        return (await sessionOf(context)) !== before
      })
    }
  },
)

test('a logout ends the session here and at the issuer', BROWSER, async (t) => {
  const { site, context } = await scene(t)
  const page = await context.newPage()
  await page.goto(`${site}/`)
  await logIn(page)
  await page.waitForURL(`${site}/`)
  await page.goto(`${site}/logout`)
  await page.getByRole('button', { name: /^Yes/ }).click()
  await page.waitForURL(/\/bye/)
  assert.equal(await sessionOf(context), undefined)
  await page.goto(`${site}/`)
  await page.waitForSelector('input[name=login]')
})

test('sessions hold while the issuer is away', BROWSER, async (t) => {
  const { site, context, issuer } = await scene(t, { issuing: { accessTokenTtlS: 1 } })
  const page = await context.newPage()
  await page.goto(`${site}/`)
  await logIn(page)
  await page.waitForURL(`${site}/`)
  const before = await sessionOf(context)
  await until(
    async () => (await fetchIn(page, '/api')) === 200 && (await sessionOf(context)) !== before,
  )
  await issuer.stop()
  const end = performance.now() + 1_500 // longer than the access token holds
  await until(async () => {
    assert.equal(await fetchIn(page, '/api'), 200)
    return performance.now() > end
  })
})
