import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseByteSize } from './byte-size.ts'

test('each unit is so many bytes: KB a thousand, KiB 1,024', () => {
  const known = { '512B': 512, '64KiB': 65_536, '10MiB': 10_485_760, '1GiB': 1_073_741_824 }
  const thousands = { '5KB': 5_000, '5MB': 5_000_000, '2GB': 2_000_000_000 }
  for (const [text, bytes] of Object.entries({ ...known, ...thousands })) {
    assert.equal(parseByteSize(text), bytes)
  }
})

test('a fraction rounds up to whole bytes, and only when it must', () => {
  assert.equal(parseByteSize('1.5KiB'), 1_536)
  assert.equal(parseByteSize('16.1KB'), 16_100)
  assert.equal(parseByteSize('1.1KiB'), 1_127)
  assert.equal(parseByteSize('0.1B'), 1)
})

test('without its unit, in another case or beyond what a number holds it is no size', () => {
  for (const text of ['', '5', 'KiB', '64kib', '64 KiB', '-1B', '1.KiB', '9'.repeat(20) + 'GiB']) {
    assert.equal(parseByteSize(text), undefined, text)
  }
})
