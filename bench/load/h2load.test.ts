/** What is read from an h2load report, and what is refused. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseH2load } from './h2load.ts'

const REPORT = `starting benchmark...
finished in 2.00s, 8917.50 req/s, 9.33MB/s
requests: 17835 total, 17899 started, 17835 done, 17835 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 17835 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 18.66MB (19567000) total, 624.80KB (639800) headers (space savings 88.92%), 17.43MB (18276352) data
                     min         max         mean         sd        +/- sd
time for request:      612us    167.64ms      6.91ms      8.60ms    96.10%
time for connect:       76us       348us       181us        96us    62.50%
time to 1st byte:     2.39ms     17.21ms      9.60ms      5.46ms    62.50%
req/s           :    1114.34     1114.83     1114.58        0.15    62.50%
`

test('the numbers of a report are read, in milliseconds', () => {
  assert.deepEqual(parseH2load(REPORT), {
    requests: 17_835,
    requestsPerSecond: 8_917.5,
    p50Ms: 6.91,
    p99Ms: 167.64,
    failures: [],
  })
})

test('failures and answers other than 2xx are told', () => {
  const spoilt = REPORT.replace('0 failed, 0 errored', '3 failed, 1 errored').replace(
    '0 5xx',
    '7 5xx',
  )
  assert.deepEqual(parseH2load(spoilt).failures, [
    '3 failed, 1 errored, 0 timeout',
    '0 3xx, 0 4xx, 7 5xx',
  ])
})

test('a text that is no report is refused', () => {
  assert.throws(() => parseH2load('connection refused'), /printed no/)
  assert.throws(() => parseH2load(REPORT.replace('6.91ms', '-')), /no time/)
})
