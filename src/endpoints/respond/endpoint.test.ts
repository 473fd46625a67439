import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointHost, Reply } from '#sdk/index'
import { exchangeFor, quietHost } from '../../../test/kit/exchange.ts'
import { respond } from './endpoint.ts'

const reply = (options: unknown, params = {}) =>
  respond.create(
    respond.options.parse(options),
    quietHost as EndpointHost,
  )(exchangeFor({ params })) as Reply

test('a text alone is a body with 200', () => {
  const { status, body, headers, from } = reply('pong')
  assert.deepEqual([status, body, from], [200, 'pong', 'gateway'])
  assert.deepEqual(headers.flat, ['content-type', 'text/plain; charset=utf-8'])
})

test('status, headers and body are what was written', () => {
  const long = { status: 503, headers: { 'Content-Type': 'a/b', x: ['1', '{id}'] }, body: 'no' }
  const { status, body, headers } = reply(long, { id: 'é' })
  assert.deepEqual([status, body], [503, 'no'])
  assert.deepEqual(headers.flat, ['content-type', 'a/b', 'x', '1', 'x', '%C3%A9'])
})

test('without a body there is no content type', () => {
  const { status, body, headers } = reply({ status: 204 })
  assert.deepEqual([status, body, headers.flat], [204, undefined, []])
})

test('what is no final status, or has no body, is refused', () => {
  for (const options of [
    { status: 101 },
    { status: 600 },
    { status: 204, body: 'x' },
    { boddy: '' },
  ]) {
    assert.ok(!respond.options.safeParse(options).success)
  }
})
