import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const get = (cookie?: string): string =>
  `GET / HTTP/1.1\r\nHost: gw.test\r\n${cookie === undefined ? '' : `Cookie: ${cookie}\r\n`}\r\n`

/** `NAME=TOKEN` of a reply's Set-Cookie; undefined when it sets none. */
const setBy = (reply: string): string | undefined =>
  /\r\nset-cookie: (affinity-[0-9a-f]{8}=[\w-]{56}); Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax\r\n/.exec(
    reply,
  )?.[1]

const nameIn = (reply: string): string => reply.slice(-1)

async function startTargets(t: TestContext) {
  const received: string[] = []
  const targets = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      startBackend(
        t,
        answering((request) => {
          received.push(request)
          return `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`
        }),
      ),
    ),
  )
  return { received, targets }
}

const yaml = (targets: readonly string[], more = ''): string =>
  `services: { s: { targets: [${targets.map((url) => `"${url}"`).join(', ')}], balance: { sticky: 1h }${more} } }
routes: [{ path: /**, to: s }]\n`

test('a client with its cookie comes back to its target, in whichever worker; the service does not see it', async (t) => {
  const { received, targets } = await startTargets(t)
  const { port } = await startGateway(t, yaml(targets.map(({ url }) => url)), { workers: 2 })
  for (let client = 0; client < 4; client++) {
    const first = await exchange(port, get())
    const cookie = setBy(first)!
    assert.notEqual(cookie, undefined)
    for (let n = 0; n < 8; n++) {
      const reply = await exchange(port, get(`a=1; ${cookie}; b=2`))
      assert.equal(nameIn(reply), nameIn(first))
      assert.equal(setBy(reply), undefined, 'it has one already')
    }
  }
  assert.ok(received.every((request) => !request.includes('affinity')))
  assert.ok(received.some((request) => request.includes('cookie: a=1; b=2\r\n')))
})

test('a forged cookie is none: another is set', async (t) => {
  const { targets } = await startTargets(t)
  const { port } = await startGateway(t, yaml(targets.map(({ url }) => url)))
  const cookie = setBy(await exchange(port, get()))!
  const forged = `${cookie.slice(0, -6)}AAAAAA`
  assert.notEqual(setBy(await exchange(port, get(forged))), undefined)
})

test('when its target is gone, or down, a client gets another one and another cookie', async (t) => {
  const { targets } = await startTargets(t)
  const urls = targets.map(({ url }) => url)
  const { port, reload } = await startGateway(t, yaml(urls))
  const first = await exchange(port, get())
  const cookie = setBy(first)
  const others = urls.filter((_, n) => 'abc'[n] !== nameIn(first))
  await reload(yaml(others))
  const second = await exchange(port, get(cookie))
  assert.notEqual(nameIn(second), nameIn(first))
  const next = setBy(second)
  assert.notEqual(next, undefined)
  assert.equal(nameIn(await exchange(port, get(next))), nameIn(second))
})

test('when its target fails, the reply of the one that was asked next sets the cookie', async (t) => {
  const { targets } = await startTargets(t)
  const dead = 'http://127.0.0.1:1'
  const { port } = await startGateway(t, yaml([dead, targets[0]!.url]))
  for (let n = 0; n < 4; n++) {
    const reply = await exchange(port, get())
    assert.equal(nameIn(reply), 'a')
    assert.equal(nameIn(await exchange(port, get(setBy(reply)))), 'a')
  }
})
