import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'

const get = (port: number, target: string): Promise<string> =>
  exchange(port, `GET ${target} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)

test('PTH-01: a path reaches the service in the bytes it came in, escapes too', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /api/**, to: "${service.url}" }]`)
  for (const path of [
    '/api/queues/%2F/q1',
    '/api/a%2fb/',
    '/api/a%2Fb%5Cc',
    '/api/%C3%A9/%e9',
    "/api/a:b@c!$&'()*+,;=~_-.d",
    '/api/a%20b%3Fc%23d%25e',
    '/api/a.b/..c/...',
    '/api',
    '/api/',
  ]) {
    assert.match(await get(port, path), /^HTTP\/1\.1 200 /, path)
    assert.equal(service.target(), path)
  }
})

test('PTH-11: a literal # is refused, an encoded one stays encoded', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`)
  for (const target of [
    '/a#b',
    '/#',
    '/a?b#c',
    '/a?#',
    '#',
    'http://gw.test/a#b',
    'http://gw.test#b',
  ]) {
    assert.match(await get(port, target), /^HTTP\/1\.1 400 /, target)
    assert.equal(service.target(), '')
  }
  assert.match(await get(port, '/a%23b?c%23d'), /^HTTP\/1\.1 200 /)
  assert.equal(service.target(), '/a%23b?c%23d')
})

test('PTH-13: control bytes, quotes and bytes beyond ASCII in a path are refused, encoded or not', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`)
  for (const path of [
    '/%0d%0aX-Admin:%201',
    '/a%00b',
    '/a%1fb',
    '/a%7fb',
    '/a%',
    '/a%2',
    '/a%zz',
    '/a\x00b',
    '/a\tb',
    '/a\x7fb',
    '/caf\xc3\xa9',
    '/a\xff',
    '/a"b',
    '/a<b>',
    '/a`b',
  ]) {
    assert.match(await get(port, path), /^HTTP\/1\.1 400 /, path)
    assert.equal(service.target(), '')
  }
  assert.match(await get(port, '/caf%C3%A9'), /^HTTP\/1\.1 200 /)
})

test('PTH-15: a prefix ends where a segment does', async (t) => {
  const { port } = await startGateway(
    t,
    'routes:\n  - { path: /api/**, respond: A }\n  - { path: /**, respond: B }\n' +
      '  - { path: /v1.0/x, respond: C }\n',
  )
  for (const target of ['/api', '/api/', '/api/x', '/api?x=1', '/api/?x', '/%61pi/x'])
    assert.match(await get(port, target), /\r\n\r\nA$/, target)
  for (const target of ['/apiary', '/api-internal', '/api.x', '/ap', '/API', '/x/api'])
    assert.match(await get(port, target), /\r\n\r\nB$/, target)
  // To some services that is /api/x, and this gateway cannot know.
  assert.match(await get(port, '/api%2fx'), /^HTTP\/1\.1 400 /)
})
