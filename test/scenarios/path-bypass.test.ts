import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'

const get = (port: number, target: string): Promise<string> =>
  exchange(port, `GET ${target} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)

/** What stands under /admin to some reader: every one of them would give its secret away. */
const disguises = [
  '/public/../admin/secret',
  '/public/x/../../admin/secret',
  '/public/./../admin/secret',
  '/public/%2e%2e/admin/secret',
  '/public/%2E./admin/secret',
  '/public/.%2e/admin/secret',
  '/public/..;/admin/secret',
  '/public/..;x=1/admin/secret',
  '/public/..%3b/admin/secret',
  '/public/..%2fadmin/secret',
  '/public/..%5cadmin/secret',
  '/public%2f..%2fadmin/secret',
  '/public/..\\admin\\secret',
  '/public/..%c0%afadmin/secret',
  '/public/%c0%ae%c0%ae/admin/secret',
  '/public/x%00/../admin/secret',
  '/public/x%00/../../admin/secret',
  '/public/%3f/../../admin/secret',
  '//admin/secret',
  '///admin/secret',
  '/admin//secret',
  '/./admin/secret',
  '/%2e/admin/secret',
  '/x/..//admin/secret',
  '/admin/secret#/logo',
  '/admin/x/../secret#/logo',
  '/%61dmin/secret',
  '/adm%69n/secret',
  '/admin;x=1/secret',
  '/;x/admin/secret',
  '/admin%2fsecret',
  '/admin%5csecret',
  '/admin\\secret',
  '\\admin\\secret',
  '/admin/./secret',
  '/admin/x/..',
  '/admin%3bx/secret',
  '/admin%20/secret#',
  '/public/../../admin/secret',
  '/../admin/secret',
]

/** As the laxest service reads a path: decoded once, parameters dropped, `\` a slash, slashes merged, dots resolved, cut at # and ?. */
function laxly(path: string): string {
  let read = decodeURIComponent(path.replace(/%(?![0-7])../g, '?').replace(/[?#].*$/, ''))
  read = read
    .replaceAll('\\', '/')
    .replace(/;[^/]*/g, '')
    .replace(/\0.*$/, '')
  return posix.normalize(read)
}

test('PTH-03, 06, 11, 12, 13: no spelling of a protected path comes in by an open route', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /**, to: "${service.url}" }
  - { path: /public/**, to: "${service.url}" }
  - { path: "/admin/{x}/logo", to: "${service.url}" }
  - { path: /admin/**, respond: { status: 401 } }
`,
  )
  for (const path of [
    '/public/a.b/..c/d',
    '/public/%3fx',
    '/administer',
    '/x/admin',
    '/admin/a/logo',
  ]) {
    service.forget()
    assert.match(await get(port, path), /^HTTP\/1\.1 200 /, path)
    assert.equal(service.target(), path)
  }
  assert.match(await get(port, '/admin/secret'), /^HTTP\/1\.1 401 /)
  for (const path of disguises)
    await t.test(path, async () => {
      service.forget()
      const reply = await get(port, path)
      if (reply.startsWith('HTTP/1.1 200 ')) {
        assert.doesNotMatch(laxly(service.target()), /^\/admin(?:\/|$)/)
      } else {
        assert.match(reply, /^HTTP\/1\.1 40[01] /)
        assert.equal(service.target(), '')
      }
    })
})

test('PTH-16: no target that looks like an authority or a URL leads to another host', async (t) => {
  const service = await startRecorder(t)
  const inner = await startBackend(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}/base" }]`)
  const there = `127.0.0.1:${inner.port}`
  for (const target of [
    `//${there}/x`,
    `///${there}/x`,
    `http://${there}/x`,
    `http:///${there}/x`,
    `http:${there}/x`,
    `https://${there}/x`,
    `http://gw.test@${there}/x`,
    `http://${there}#@gw.test/x`,
    `/\\${there}/x`,
    `\\\\${there}/x`,
    `@${there}/x`,
    `/@${there}/x`,
    `${there}/x`,
    there,
    `/base/..//${there}/`,
    `/..//${there}/`,
    `/%2f/${there}/x`,
    `?@${there}/x`,
    `/?http://${there}/`,
  ]) {
    service.forget()
    const reply = await get(port, target)
    if (reply.startsWith('HTTP/1.1 200 ')) assert.ok(service.target().startsWith('/base/'), target)
    else assert.match(reply, /^HTTP\/1\.1 4(?:00|21) /, target)
    assert.equal(inner.connections.length, 0, target)
  }
  assert.match(await get(port, '/x'), /^HTTP\/1\.1 200 /)
  assert.equal(service.target(), '/base/x')
})

test('PTH-17: no dot segment climbs out of the base path of a service', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /svc/**, to: "${service.url}/tenants/a/pub", stripPrefix: /svc }
  - { path: "/re/{rest**}", to: "${service.url}/tenants/a/pub", rewrite: "/{rest}" }
  - { path: "/one/{name}", to: "${service.url}/tenants/a/pub", rewrite: "/files/{name}/x" }
`,
  )
  for (const path of [
    '/svc/../../b/secret',
    '/svc/%2e%2e/secret',
    '/svc/x/../../../../etc',
    '/svc/..%2fsecret',
    '/svc/..%5csecret',
    '/svc/..;/secret',
    '/svc/%252e%252e/secret',
    '/svc/..',
    '/svc/.%2e',
    '/re/../../b',
    '/re/%2e%2e/%2e%2e/b',
    '/re/..%2f..%2fb',
    '/re/a%2f..%2f..%2fb',
    '/one/..',
    '/one/%2e%2e',
    '/one/..%2f..%2fb',
    '/one/%252e%252e',
    '/one/a%2f..',
  ]) {
    service.forget()
    const reply = await get(port, path)
    if (reply.startsWith('HTTP/1.1 200 '))
      assert.match(laxly(service.target()), /^\/tenants\/a\/pub\//, path)
    else {
      assert.match(reply, /^HTTP\/1\.1 40[04] /, path)
      assert.equal(service.target(), '')
    }
  }
  for (const [path, asked] of [
    ['/svc/a/../b', '/tenants/a/pub/b'],
    ['/re/a/b', '/tenants/a/pub/a/b'],
    ['/one/a', '/tenants/a/pub/files/a/x'],
  ] as const) {
    assert.match(await get(port, path), /^HTTP\/1\.1 200 /, path)
    assert.equal(service.target(), asked)
  }
})
