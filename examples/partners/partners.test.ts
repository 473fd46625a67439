import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { makeKey } from '#consumers/keys'
import { startGateway } from '../../test/kit/gateway.ts'
import { startRecorder, valuesOf } from '../../test/kit/recorder.ts'

const FILE = readFileSync(join(import.meta.dirname, 'portcullis.yaml'), 'utf8')

/** The example's file without its listener, in front of a service that keeps what it was asked. */
async function startExample(t: TestContext) {
  const service = await startRecorder(t)
  const keys = { acme: makeKey('pck'), tryout: makeKey('pck') }
  process.env['ACME_KEY_HASH'] = keys.acme.hash
  process.env['TRYOUT_KEY_HASH'] = keys.tryout.hash
  const yaml = FILE.replace('listen: 8080\n', '').replace('http://127.0.0.1:3001', service.url)
  const { url } = await startGateway(t, yaml)
  const ask = (path: string, who?: keyof typeof keys): Promise<Response> =>
    fetch(`${url}${path}`, who === undefined ? {} : { headers: { 'x-api-key': keys[who].key } })
  return { service, ask }
}

test('partners are known by their keys, and the service by their names alone', async (t) => {
  const { service, ask } = await startExample(t)
  assert.equal((await ask('/orders/1')).status, 401)
  assert.equal(service.request(), '')
  assert.equal((await ask('/orders/1', 'acme')).status, 200)
  assert.deepEqual(valuesOf(service.request(), 'x-consumer'), ['acme'])
  assert.deepEqual(valuesOf(service.request(), 'x-api-key'), [])
})

test('each may do what the plan says', async (t) => {
  const { ask } = await startExample(t)
  assert.equal((await ask('/orders/exports', 'acme')).status, 200)
  assert.equal((await ask('/orders/exports', 'tryout')).status, 403)
  const statuses = await Promise.all(
    Array.from({ length: 8 }, async () => (await ask('/orders/1', 'tryout')).status),
  )
  assert.ok(statuses.includes(429), statuses.join())
  const { plan, limits } = (await (await ask('/usage', 'acme')).json()) as {
    plan: string
    limits: { name: string; limit: number; remaining: number }[]
  }
  assert.equal(plan, 'gold')
  const quota = limits.find(({ name }) => name === 'quota')
  assert.deepEqual([quota?.limit, quota?.remaining], [1_000_000, 999_999])
})
