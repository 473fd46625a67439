import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwardAuth } from './authenticator.ts'

for (const [about, written] of [
  ['no URL', { url: 'auth.internal' }],
  ['a URL with a password', { url: 'http://a:b@auth.test/' }],
  ['a URL of another scheme', { url: 'ftp://auth.test/' }],
  ['no fields to send', { send: undefined }],
  ['a field that frames the message', { send: ['content-length'] }],
  ['a field that the gateway writes itself', { send: ['x-forwarded-for'] }],
  ['a conditional field', { send: ['if-none-match'] }],
  ['a field to take that frames the message', { take: ['transfer-encoding'] }],
  ['a field to take that sets cookies', { take: ['set-cookie'] }],
  ['no time at all', { timeout: '0s' }],
  ['a cache that holds nothing', { cache: '0s' }],
] as const)
  test(`refused: ${about}`, () => {
    const all = { url: 'http://auth.test/', send: [], ...written }
    assert.equal(forwardAuth.options.safeParse(all).success, false)
  })
