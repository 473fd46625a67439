import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTraceparent } from './trace-context.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

test('a trace goes on with its id and whether it is recorded', () => {
  assert.deepEqual(parseTraceparent(`00-${TRACE}-${PARENT}-01`), { traceId: TRACE, flags: '01' })
  assert.deepEqual(parseTraceparent(`00-${TRACE}-${PARENT}-00`), { traceId: TRACE, flags: '00' })
})

test('flags that mean nothing yet are not passed on', () => {
  assert.equal(parseTraceparent(`00-${TRACE}-${PARENT}-ff`)?.flags, '01')
  assert.equal(parseTraceparent(`00-${TRACE}-${PARENT}-fe`)?.flags, '00')
})

test('a later version is read as far as we know it', () => {
  assert.equal(parseTraceparent(`cc-${TRACE}-${PARENT}-01`)?.traceId, TRACE)
  assert.equal(parseTraceparent(`cc-${TRACE}-${PARENT}-01-what-comes`)?.traceId, TRACE)
  assert.equal(parseTraceparent(`cc-${TRACE}-${PARENT}-01.what`), undefined)
})

test('what is not valid begins a new trace', () => {
  const invalid = [
    undefined,
    '',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-1`,
    ` 00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    `cc-${TRACE}-${PARENT}-01-more, 00-${TRACE}-${PARENT}-01`,
  ]
  for (const text of invalid) assert.equal(parseTraceparent(text), undefined, text)
})
