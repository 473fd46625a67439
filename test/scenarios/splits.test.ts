import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const says = (name: string) =>
  answering(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`)

/** A gateway before two services that answer with their names. */
async function startTwo(t: TestContext, to: string, workers = 1) {
  const old = await startBackend(t, says('old'))
  const next = await startBackend(t, says('next'))
  const yaml = (split: string) =>
    `services: { old: { targets: "${old.url}" }, next: { targets: "${next.url}" } }\nroutes: [{ name: r, path: "/{id}", to: ${split} }]`
  const gateway = await startGateway(t, yaml(to), { workers })
  const ask = (fields = '', path = '/1') =>
    exchange(gateway.port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n`)
  const sideOf = async (fields?: string, path?: string) =>
    /\r\n\r\n(\w+)$/.exec(await ask(fields, path))![1]!
  return { gateway, ask, sideOf, reload: (split: string) => gateway.reload(yaml(split)) }
}

test('requests are divided by weight, and the log says who was asked', async (t) => {
  const { gateway, sideOf } = await startTwo(
    t,
    '[{ to: old, weight: 50 }, { to: next, weight: 50 }]',
  )
  const sides: string[] = []
  for (let n = 0; n < 60; n++) sides.push(await sideOf())
  const asked = sides.filter((side) => side === 'next').length
  assert.ok(asked > 5 && asked < 55, `${asked} of 60`)
  const lines = await gateway.accessLog(60)
  assert.deepEqual(
    lines.map(({ service }) => service),
    sides,
  )
})

test('testers are sent to what has no weight, and nobody else is', async (t) => {
  const { sideOf } = await startTwo(
    t,
    `[{ to: old, weight: 1 }, { to: next, weight: 0, when: 'headers["x-beta"] == "1" || cookies.beta == "yes" || path.id == "7"' }]`,
  )
  assert.equal(await sideOf('X-Beta: 1\r\n'), 'next')
  assert.equal(await sideOf('Cookie: a=b; beta=yes\r\n'), 'next')
  assert.equal(await sideOf('', '/7'), 'next')
  for (const fields of ['', 'X-Beta: 0\r\n', 'Cookie: beta=no\r\n', 'X-Beta: 1\r\nX-Beta: 0\r\n'])
    assert.equal(await sideOf(fields), 'old', fields)
})

const STICKY =
  '{ split: [{ to: old, weight: 1 }, { to: next, weight: 1 }], sticky: "header:x-user" }'

test('one person stays on one side: in every worker, after a reload and after a new weight', async (t) => {
  const { sideOf, reload } = await startTwo(t, STICKY, 2)
  const users = Array.from({ length: 40 }, (_, n) => `X-User: ${n}\r\n`)
  const sidesOf = () => Promise.all(users.map((user) => sideOf(user)))
  const before = await sidesOf()
  assert.equal(new Set(before).size, 2)
  for (let round = 0; round < 4; round++) assert.deepEqual(await sidesOf(), before)
  await reload(STICKY.replace('to: next, weight: 1', 'to: next, weight: 3'))
  const after = await sidesOf()
  assert.ok(before.every((side, at) => after[at] === side || after[at] === 'next'))
  assert.notDeepEqual(after, before)
})

test('a cookie of the gateway keeps those on their side who have no key', async (t) => {
  const { ask, sideOf } = await startTwo(
    t,
    '{ split: [{ to: old, weight: 1 }, { to: next, weight: 1 }], sticky: { key: "header:x-user", cookie: side, maxAge: 1h } }',
  )
  const seen = new Set<string>()
  for (let n = 0; n < 20; n++) {
    const reply = await ask()
    const [, id, attributes] = /\r\nset-cookie: side=([0-9a-f]{32})(;.*)\r\n/.exec(reply) ?? []
    assert.equal(attributes, '; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax')
    const side = /\r\n\r\n(\w+)$/.exec(reply)![1]!
    seen.add(side)
    for (let again = 0; again < 3; again++) {
      const next = await ask(`Cookie: a=b; side=${id}\r\n`)
      assert.ok(next.endsWith(`\r\n\r\n${side}`))
      assert.ok(!next.includes('set-cookie'))
    }
  }
  assert.equal(seen.size, 2)
  assert.ok(!(await ask('X-User: 1\r\n')).includes('set-cookie'))
  assert.match(await ask(`Cookie: side=${'a'.repeat(65)}\r\n`), /\r\nset-cookie: side=/)
  assert.ok(['old', 'next'].includes(await sideOf('X-User: 1\r\n')))
})

test('a service of a split that is down is 502: the others are asked no more than their share', async (t) => {
  const { reload, ask } = await startTwo(t, 'old')
  await reload(
    `[{ to: old, weight: 1 }, { to: "http://127.0.0.1:1", weight: 0, when: 'headers.x == "1"' }]`,
  )
  assert.match(await ask('X: 1\r\n'), /^HTTP\/1\.1 502 /)
  assert.match(await ask(), /^HTTP\/1\.1 200 /)
})
