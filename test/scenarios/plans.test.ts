import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const kept = (key: string): string => `sha256:${hash('sha256', key)}`
const asked = (path: string, lines = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`
const statusOf = (reply: string): string => reply.slice(9, 12)

test('a plan limits its consumers on all routes together, beside what routes say; flags are for expressions', async (t) => {
  const { port } = await startGateway(
    t,
    `authenticators: { keys: { apiKey: { header: x-api-key } } }
consumers:
  - { name: a, plan: gold, apiKeys: ["${kept('a')}"] }
  - { name: b, plan: gold, apiKeys: ["${kept('b')}"] }
  - { name: c, apiKeys: ["${kept('c')}"] }
plans: { gold: { rateLimit: 3/h, quota: { limit: 100/month, timeZone: Europe/Berlin }, features: exports } }
routes:
  - { path: /one, respond: in, auth: keys }
  - { path: /two, respond: in, auth: keys, rateLimit: false }
  - { path: /exports, respond: in, auth: keys, authorize: { when: '"exports" in consumer.features' } }
`,
  )
  const ask = async (path: string, key: string): Promise<string> =>
    statusOf(await exchange(port, asked(path, `X-API-Key: ${key}\r\n`)))
  assert.equal(await ask('/one', 'a'), '200')
  assert.equal(await ask('/two', 'a'), '200')
  assert.equal(await ask('/exports', 'a'), '200')
  assert.equal(await ask('/two', 'a'), '429', 'no route switches a plan off')
  assert.equal(await ask('/one', 'b'), '200', 'each consumer has the plan for itself')
  for (let n = 0; n < 5; n++) assert.equal(await ask('/one', 'c'), '200')
  assert.equal(await ask('/exports', 'c'), '403')
})

test('callers are told what is left to them, and to ask costs nothing', async (t) => {
  const { port } = await startGateway(
    t,
    `authenticators: { keys: { apiKey: { header: x-api-key } } }
consumers: [{ name: a, plan: gold, apiKeys: ["${kept('a')}"] }]
plans: { gold: { rateLimit: 3/h, quota: 100/day, features: exports } }
routes:
  - { path: /one, respond: in, auth: keys }
  - { path: /usage, usage: true, auth: keys }
`,
  )
  const ask = async (path: string): Promise<string> =>
    exchange(port, asked(path, 'X-API-Key: a\r\n'))
  await ask('/one')
  for (let n = 0; n < 5; n++) await ask('/usage')
  const [, body = ''] = (await ask('/usage')).split('\r\n\r\n')
  const { limits, ...rest } = JSON.parse(body) as { limits: Record<string, unknown>[] }
  assert.deepEqual(rest, { consumer: 'a', plan: 'gold', features: ['exports'] })
  assert.deepEqual(
    limits.map(({ name, of, limit, remaining }) => ({ name, of, limit, remaining })),
    [
      { name: 'plan', of: 'plan', limit: 3, remaining: 2 },
      { name: 'quota', of: 'plan', limit: 100, remaining: 99 },
    ],
  )
})
