import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { HeaderDecoder } from './decoder.ts'
import { HeaderEncoder, statusField } from './encoder.ts'

const latin1 = (max: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const name = fc.oneof(
  fc.constantFrom(
    'server',
    'date',
    'content-type',
    'vary',
    'etag',
    'set-cookie',
    'x-own',
    'authorization',
  ),
  latin1(80).map((text) => text.toLowerCase()),
)
const value = fc.oneof(fc.constantFrom('', 'a', 'b', 'text/html', '1'), latin1(2_000))
const block = fc.record({
  table: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined, freq: 4 }),
  fields: fc.array(fc.tuple(name, value), { maxLength: 30 }),
})

const blockOf = (encoder: HeaderEncoder, flat: readonly string[]): Buffer => {
  let text = encoder.begin()
  for (let i = 0; i < flat.length; i += 2) text += encoder.field(flat[i]!, flat[i + 1]!)
  return Buffer.from(text, 'latin1')
}

test('what is encoded decodes to the same, block after block, whatever size the table gets', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
      const encoder = new HeaderEncoder()
      const decoder = new HeaderDecoder(1e6, 1e6)
      for (const { table, fields } of blocks) {
        if (table !== undefined) encoder.limitTable(table)
        const bytes = blockOf(encoder, fields.flat())
        const flat: string[] = []
        assert.equal(decoder.decode(bytes, 0, bytes.length, flat), 'whole')
        assert.deepEqual(flat, fields.flat())
      }
    }),
    { numRuns: 500 },
  )
})

test('whatever bytes come, a decoder says one of three things, and builds no more than it may', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (blocks) => {
      const decoder = new HeaderDecoder(500, 10)
      for (const bytes of blocks) {
        const flat: string[] = []
        const decoded = decoder.decode(Buffer.from(bytes), 0, bytes.length, flat)
        assert.ok(decoded === 'whole' || decoded === 'tooLarge' || decoded === 'broken')
        assert.ok(flat.length <= 20 && flat.join('').length <= 500)
        if (decoded === 'broken') return
      }
    }),
    { numRuns: 3_000 },
  )
})

test('what comes again takes a byte, what is secret or of one reply is not learned', () => {
  const encoder = new HeaderEncoder()
  const bytesOf = (...flat: string[]): number => blockOf(encoder, flat).length
  assert.equal(statusField(200), '\x88')
  assert.equal(Buffer.from(statusField(503), 'latin1').length, 5)
  assert.ok(bytesOf('content-type', 'application/json') > 10)
  assert.equal(bytesOf('content-type', 'application/json'), 1)
  for (const field of ['set-cookie', 'authorization', 'etag', 'x-request-id', 'content-length']) {
    const before = bytesOf(field, 'abc')
    assert.equal(bytesOf(field, 'abc'), before)
    const isSecret = field === 'set-cookie' || field === 'authorization'
    assert.equal(blockOf(encoder, [field, 'abc'])[0]! >> 4, isSecret ? 1 : 0, field)
  }
  assert.equal(bytesOf('content-type', 'application/json'), 1)
  assert.ok(bytesOf('server', 'x'.repeat(300)) > 300)
  assert.ok(bytesOf('server', 'x'.repeat(300)) > 300)
})

test('a peer that keeps no table is sent none, and hears of each change once', () => {
  const encoder = new HeaderEncoder()
  blockOf(encoder, ['server', 'a'])
  encoder.limitTable(0)
  encoder.limitTable(100_000)
  assert.equal(encoder.begin(), '\x20\x3f\xe1\x1f')
  assert.equal(encoder.begin(), '')
  assert.ok(blockOf(encoder, ['server', 'a']).length > 1)
  encoder.limitTable(0)
  assert.equal(encoder.begin(), '\x20')
  for (let i = 0; i < 2; i++) assert.ok(blockOf(encoder, ['server', 'a']).length > 1)
})
