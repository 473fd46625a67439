import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayHaveBody, reasonOf } from './status.ts'

test('a status has its registered reason, and none when it is not registered', () => {
  assert.equal(reasonOf(200), 'OK')
  assert.equal(reasonOf(431), 'Request Header Fields Too Large')
  assert.equal(reasonOf(599), '')
})

test('replies to HEAD, interim ones, 204 and 304 have no body; all others may', () => {
  for (const status of [100, 103, 199, 204, 304]) assert.equal(mayHaveBody(status, 'GET'), false)
  for (const status of [200, 205, 206, 301, 404, 500])
    assert.equal(mayHaveBody(status, 'GET'), true)
  assert.equal(mayHaveBody(200, 'HEAD'), false)
})
