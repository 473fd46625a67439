import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#sdk/fault'
import { causesOf, errorLine } from './error-log.ts'

test('a line is one JSON object; fields that say nothing are left out', () => {
  const line = errorLine('2026-07-14T08:12:31.123Z', 'warn', 'it "broke"\n', {
    route: 'a',
    status: 502,
    service: '',
    target: undefined,
  })
  assert.match(line, /^[ -~]*\n$/)
  assert.deepEqual(JSON.parse(line), {
    time: '2026-07-14T08:12:31.123Z',
    level: 'warn',
    message: 'it "broke"\n',
    route: 'a',
    status: 502,
  })
})

test('a number that JSON has no word for still leaves a line that parses', () => {
  const line = errorLine('t', 'error', 'm', { a: Number.NaN, b: Infinity, c: 0 })
  assert.partialDeepStrictEqual(JSON.parse(line), { a: 'NaN', b: 'Infinity', c: 0 })
})

test('causes are told outermost first, each once, with a code that the message lacks', () => {
  const refused = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
  const fault = new Fault('SERVICE_REFUSED', 'no target left', refused)
  assert.equal(causesOf(fault), 'no target left (SERVICE_REFUSED): connect failed (ECONNREFUSED)')
  const same = new Error('read ECONNRESET', { cause: new Error('read ECONNRESET') })
  assert.equal(causesOf(Object.assign(same, { code: 'ECONNRESET' })), 'read ECONNRESET')
})

test('causes that go in a circle come to an end', () => {
  const [first, second] = [new Error('first'), new Error('second')]
  first.cause = second
  second.cause = first
  assert.equal(causesOf(first), 'first: second')
})
