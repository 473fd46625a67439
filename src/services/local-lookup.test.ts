import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookupLocal } from './local-lookup.ts'

const look = (name: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    lookupLocal(name, {}, (error, address) => (error ? reject(error) : resolve(address)))
  })

test('a name of this machine or of a local network is found', async () => {
  assert.equal(await look('127.0.0.1'), '127.0.0.1')
  assert.equal(await look('10.1.2.3'), '10.1.2.3')
  assert.equal(await look('fd00::1'), 'fd00::1')
})

test('one beyond is refused, with what to write if it is meant', async () => {
  for (const address of ['8.8.8.8', '2001:4860:4860::8888', '172.32.0.1', '::ffff:8.8.8.8'])
    await assert.rejects(look(address), /beyond the local network.*"plaintext: true"/, address)
})
