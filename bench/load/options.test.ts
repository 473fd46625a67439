/** What the command line of the benchmark understands and refuses. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOptions } from './options.ts'

test('without options everything is measured in three rounds of five seconds', () => {
  const options = readOptions([])
  assert.equal(options?.rounds, 3)
  assert.equal(options?.seconds, 5)
  assert.equal(options?.connections, 64)
  assert.equal(options?.scenario.path, '/1k')
  assert.ok(options?.only.includes('portcullis') && options.only.includes('nginx'))
})

test('a choice of gateways keeps their order', () => {
  assert.deepEqual(readOptions(['--only', 'caddy, nginx'])?.only, ['caddy', 'nginx'])
})

test('asking for help measures nothing', () => {
  assert.equal(readOptions(['--help']), undefined)
})

test('what is not understood is refused, and the right names are said', () => {
  assert.throws(() => readOptions(['--only', 'ngnix']), /ngnix: expected one of portcullis, nginx/)
  assert.throws(() => readOptions(['--scenario', 'get']), /expected one of proxy-1k/)
  assert.throws(() => readOptions(['--roundz', '3']), /roundz/)
  for (const rounds of ['0', '1.5', 'many', '']) {
    assert.throws(() => readOptions(['--rounds', rounds]), /--rounds/)
  }
})
