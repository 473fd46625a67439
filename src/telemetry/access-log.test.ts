import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessLine, type AccessRecord } from './access-log.ts'

const RECORD: AccessRecord = {
  time: '2026-07-14T08:12:31.123Z',
  requestId: 'a'.repeat(32),
  traceId: 'b'.repeat(32),
  client: '198.51.100.7',
  protocol: 'http/1.1',
  method: 'GET',
  host: 'api.test',
  path: '/v1/orders',
  route: 'orders',
  stage: '',
  api: '',
  version: '',
  consumer: '',
  credential: '',
  shadowed: '',
  service: 'orders',
  target: 'http://10.0.0.5:3000',
  attempts: 1,
  status: 200,
  complete: true,
  bytesIn: 0,
  bytesOut: 1_024,
  durationMs: 12.345_678,
  serviceMs: 11,
  fault: '',
  userAgent: 'curl/8',
}

test('a line is one JSON object with stable names', () => {
  const line = accessLine(RECORD)
  assert.match(line, /^\{[^\n]*\}\n$/)
  assert.deepEqual(JSON.parse(line), {
    time: RECORD.time,
    requestId: RECORD.requestId,
    traceId: RECORD.traceId,
    client: RECORD.client,
    protocol: 'http/1.1',
    method: 'GET',
    host: 'api.test',
    path: '/v1/orders',
    route: 'orders',
    status: 200,
    bytesIn: 0,
    bytesOut: 1_024,
    ms: 12.35,
    service: 'orders',
    target: 'http://10.0.0.5:3000',
    serviceMs: 11,
    attempts: 1,
    userAgent: 'curl/8',
  })
})

test('what is not so is not said', () => {
  const line = accessLine({ ...RECORD, attempts: 0, userAgent: '' })
  for (const name of ['service', 'target', 'attempts', 'fault', 'complete', 'userAgent']) {
    assert.equal(name in (JSON.parse(line) as object), false, name)
  }
})

test('a fault and a reply cut short are said', () => {
  const line = accessLine({ ...RECORD, fault: 'REPLY_CUT', complete: false })
  assert.partialDeepStrictEqual(JSON.parse(line), { fault: 'REPLY_CUT', complete: false })
})

test('nothing a client writes can end its line or begin another', () => {
  const forged = '","status":500}\r\n{"time":"x\x1b[2J\x85\u2028'
  const fields = ['requestId', 'method', 'host', 'path', 'route', 'service', 'target', 'userAgent']
  for (const field of fields) {
    const line = accessLine({ ...RECORD, [field]: forged })
    assert.match(line, /^[ -~]*\n$/, field)
    const parsed = JSON.parse(line) as Record<string, unknown>
    assert.deepEqual([parsed[field], parsed['status']], [forged, 200], field)
  }
})
