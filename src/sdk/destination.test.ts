import assert from 'node:assert/strict'
import { test } from 'node:test'
import { destination, referenceTo } from './destination.ts'

test('every name that a service may have is one', () => {
  for (const name of ['orders', 'orders.v2', '3d_print-er', 'a'.repeat(100)]) {
    assert.equal(destination().parse(name), name)
    assert.deepEqual(referenceTo(name), { kind: 'service', name })
  }
})

test('servers are told from services by their scheme, and all else is refused', () => {
  for (const url of ['http://10.0.0.5:80/base', 'https://a', 'unix:/run/app.sock'])
    assert.deepEqual(referenceTo(destination().parse(url)), { kind: 'target', url })
  for (const text of ['', 'a b', '/a', 'localhost:3000', '.a', 'ftp://a', 'a'.repeat(101)])
    assert.equal(destination().safeParse(text).success, false, text)
})
