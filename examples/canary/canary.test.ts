import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { answering, startBackend } from '../../test/kit/backend.ts'
import { startGateway } from '../../test/kit/gateway.ts'
import { exchange } from '../../test/kit/raw-client.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const PATH = join(import.meta.dirname, 'portcullis.yaml')
const FILE = readFileSync(PATH, 'utf8')

const says = (name: string) =>
  answering(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`)

/** The example's file without its listener, in front of two services that answer with their names. */
async function startExample(t: TestContext) {
  const orders = await startBackend(t, says('orders'))
  const next = await startBackend(t, says('next'))
  const yaml = FILE.replace('listen: 8080\n', '')
    .replace('http://127.0.0.1:3001', orders.url)
    .replace('http://127.0.0.1:3002', next.url)
  const gateway = await startGateway(t, yaml)
  const ask = (fields: string) =>
    exchange(gateway.port, `GET /orders/1 HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n`)
  const sidesOf = (users: readonly string[]) =>
    Promise.all(
      users.map(async (user) =>
        (await ask(`X-User: ${user}\r\n`)).endsWith('next') ? 'next' : 'orders',
      ),
    )
  return { gateway, yaml, ask, sidesOf }
}

test('testers get the new version', async (t) => {
  const { ask } = await startExample(t)
  assert.ok((await ask('X-Beta: 1\r\nX-User: anna\r\n')).endsWith('next'))
})

test('a few users get it, the same ones each time, and with new weights some more', async (t) => {
  const { gateway, yaml, sidesOf } = await startExample(t)
  const users = Array.from({ length: 300 }, (_, n) => `user-${n}`)
  const first = await sidesOf(users)
  assert.deepEqual(await sidesOf(users), first)
  const few = first.filter((side) => side === 'next').length
  assert.ok(few > 3 && few < 35, `${few} of 300`)
  await gateway.reload(
    yaml.replace('weight: 95', 'weight: 90').replace('weight: 5,', 'weight: 10,'),
  )
  const then = await sidesOf(users)
  assert.ok(first.every((side, at) => side === 'orders' || then[at] === 'next'))
  assert.ok(then.filter((side) => side === 'next').length > few)
})

test('whoever has no name gets a cookie, and stays where it went', async (t) => {
  const { ask } = await startExample(t)
  const reply = await ask('')
  const cookie = /\r\nset-cookie: (side=[0-9a-f]{32});/.exec(reply)![1]!
  const side = reply.slice(-4)
  for (let n = 0; n < 5; n++) assert.equal((await ask(`Cookie: ${cookie}\r\n`)).slice(-4), side)
})

test('explain tells the shares in words', () => {
  const explained = spawnSync(
    process.execPath,
    ['--conditions=source', MAIN, 'explain', 'GET', '/orders/1', '--config', PATH],
    { encoding: 'utf8' },
  )
  assert.deepEqual(
    explained.stdout.split('\n').filter((line) => line.startsWith('    ')),
    [
      '          95 % orders',
      '          5 % ordersNext, and whoever has headers["x-beta"] == "1"',
      '          one side for the same header:x-user, or the cookie side',
    ],
  )
})
