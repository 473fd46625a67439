import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { jsonString } from './json.ts'

test('plain text is put in quotes, and nothing more', () => {
  assert.equal(jsonString('/v1/orders?a=b'), '"/v1/orders?a=b"')
  assert.equal(jsonString(''), '""')
})

test('what would end the line, the string or steer a terminal is escaped', () => {
  assert.equal(jsonString('a"b\\c'), String.raw`"a\"b\\c"`)
  assert.equal(jsonString('a\r\nb\0\x1b[31m\x7f'), String.raw`"a\r\nb\u0000\u001b[31m\u007f"`)
  assert.equal(jsonString('\x9b31m\u2028é\ud800'), String.raw`"\u009b31m\u2028\u00e9\ud800"`)
})

test('any text comes back from JSON as it was, and travels as visible ASCII', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
      (text) => {
        const json = jsonString(text)
        assert.equal(JSON.parse(json), text)
        assert.match(json, /^[ -~]*$/)
      },
    ),
  )
})
