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
  answering((request) => {
    const body = `${name} ${request.split(' ')[1]}`
    return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  })

/** The example's file without its listener, in front of servers that answer with their stage and the path they saw. */
async function startExample(t: TestContext, stage?: string) {
  let yaml = FILE.replace('listen: 8080\n', '')
  for (const [n, name] of ['production', 'staging', 'qa'].entries()) {
    const { url } = await startBackend(t, says(name))
    yaml = yaml.replace(`http://127.0.0.1:300${n + 1}`, url)
  }
  const { port } = await startGateway(t, yaml, stage === undefined ? {} : { stage })
  return (host: string, path: string) =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
}

test('host and path tell the stage, and its servers see the path of the routes', async (t) => {
  const ask = await startExample(t)
  for (const [host, path, body] of [
    ['api.shop.example', '/v2/orders/7', 'production /v2/orders/7'],
    ['staging.api.shop.example', '/v2/orders/7', 'staging /v2/orders/7'],
    ['staging.api.shop.example', '/qa/v1/orders/7', 'qa /v1/orders/7'],
  ] as const)
    assert.equal((await ask(host, path)).split('\r\n\r\n')[1], body)
  assert.match(await ask('other.example', '/v2/orders/7'), /^HTTP\/1.1 421 /)
})

test('the version that is to end says so, with the way to the next one', async (t) => {
  const ask = await startExample(t)
  const reply = await ask('staging.api.shop.example', '/qa/v1/orders/7')
  assert.match(reply, /\r\ndeprecation: @1788220800\r\n/)
  assert.match(reply, /\r\nsunset: Fri, 01 Mar 2999 00:00:00 GMT\r\n/)
  assert.match(reply, /\r\nlink: <\/qa\/v2\/orders>; rel="successor-version"\r\n/)
})

test('one stage alone answers any host', async (t) => {
  const ask = await startExample(t, 'qa')
  assert.match(await ask('localhost', '/v2/orders/7'), /\r\n\r\nqa \/v2\/orders\/7$/)
})

test('explain tells stage and version', () => {
  const url = 'http://staging.api.shop.example/qa/v1/orders/7'
  const { stdout } = spawnSync(
    process.execPath,
    ['--conditions=source', MAIN, 'explain', 'GET', url, '--config', PATH],
    { encoding: 'utf8' },
  )
  assert.match(stdout, /^stage {5}qa, whose routes see \/v1\/orders\/7$/m)
  assert.match(stdout, /^api {7}orders, v1, deprecated 2026-09-01, ends 2999-03-01$/m)
})
