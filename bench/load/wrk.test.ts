/** What is read from a wrk report, and what is refused. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWrk } from './wrk.ts'

const REPORT = `Running 5s test @ http://127.0.0.1:4000/1k
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.42ms  618.52us  14.51ms   91.00%
    Req/Sec    45.52k     3.92k   50.11k    74.00%
  Latency Distribution
     50%  870.00us
     75%    1.61ms
     90%    1.99ms
     99%    1.25s
  226502 requests in 5.00s, 269.80MB read
Requests/sec:  45293.94
Transfer/sec:     53.95MB
`

test('the numbers of a report are read in milliseconds whatever unit wrk chose', () => {
  assert.deepEqual(parseWrk(REPORT), {
    requests: 226_502,
    requestsPerSecond: 45_293.94,
    p50Ms: 0.87,
    p99Ms: 1250,
    failures: [],
  })
})

test('socket errors and answers other than 2xx are failures', () => {
  const spoilt = REPORT.replace(
    'Requests/sec',
    '  Socket errors: connect 0, read 3, write 0, timeout 1\n  Non-2xx or 3xx responses: 17\nRequests/sec',
  )
  assert.deepEqual(parseWrk(spoilt).failures, [
    'socket errors: connect 0, read 3, write 0, timeout 1',
    'Non-2xx or 3xx responses: 17',
  ])
})

test('a load that got no answer at all is a failure', () => {
  const silent = REPORT.replace('226502 requests', '0 requests')
  assert.deepEqual(parseWrk(silent).failures, ['no request was answered'])
})

test('a report that lacks a number is refused instead of counted as zero', () => {
  for (const line of ['226502 requests in', 'Requests/sec:', '50%', '99%']) {
    assert.throws(() => parseWrk(REPORT.replace(line, '')), /wrk printed no/, line)
  }
})
