import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { OK } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { type Recorder, startRecorder, valuesOf } from '../kit/recorder.ts'

const TRUSTING = `listeners:
  default: { host: 127.0.0.1, port: 0, trustedProxies: [127.0.0.1/32, 10.0.0.0/8] }`

const REDIRECT = 'HTTP/1.1 302 Found\r\nLocation: {target}/next\r\nContent-Length: 0\r\n\r\n'

const get = (lines: string): string => `GET /a HTTP/1.1\r\nHost: gw.test\r\n${lines}\r\n`

/** A gateway that is asked for what the service then gets, and the client. */
async function start(t: TestContext, listen?: string, reply = OK) {
  const backend: Recorder = await startRecorder(t, () => reply.replace('{target}', backend.url))
  const gateway = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}" }]`,
    listen === undefined ? {} : { listen },
  )
  const ask = async (lines: string): Promise<{ request: string; reply: string }> => {
    backend.forget()
    const got = await exchange(gateway.port, get(lines))
    return { request: backend.request(), reply: got }
  }
  return { gateway, ask }
}

/** Who the client is by each of these, to a gateway that is asked by a proxy it trusts. */
const chains: readonly (readonly [lines: string, client: string])[] = [
  ['', '127.0.0.1'],
  ['X-Forwarded-For: 10.0.0.1, 198.51.100.7\r\n', '198.51.100.7'],
  ['X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 198.51.100.7\r\n', '198.51.100.7'],
  ['X-Forwarded-For: 198.51.100.7, 127.0.0.1\r\n', '198.51.100.7'],
  ['X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.1.1.1\r\n', '198.51.100.7'],
  ['X-Forwarded-For: 198.51.100.7:4711\r\n', '198.51.100.7'],
  ['X-Forwarded-For: [2001:db8::1]:443\r\n', '2001:db8::1'],
  ['X-Forwarded-For: ::ffff:198.51.100.7\r\n', '198.51.100.7'],
  ['X-Forwarded-For: ,,198.51.100.7\r\n', '198.51.100.7'],
  ['X-Forwarded-For: unknown\r\n', '127.0.0.1'],
  ['X-Forwarded-For: 198.51.100.7, garbage\r\n', '127.0.0.1'],
  ['X-Forwarded-For: 198.51.100.7, \xff\r\n', '127.0.0.1'],
  [`X-Forwarded-For: 198.51.100.7${', 10.0.0.9'.repeat(2_000)}\r\n`, '198.51.100.7'],
  ['Forwarded: for=203.0.113.9, for=198.51.100.7;proto=https\r\n', '198.51.100.7'],
  ['Forwarded: for="[2001:db8::1]:443"\r\n', '2001:db8::1'],
  ['Forwarded: for=203.0.113.9\r\nForwarded: for=198.51.100.7, for=10.0.0.9\r\n', '198.51.100.7'],
  ['Forwarded: for=198.51.100.7, for=_hidden\r\n', '127.0.0.1'],
]

test('FWD-02, FWD-07: behind a trusted proxy the client is whom the nearest untrusted hop was', async (t) => {
  const { gateway, ask } = await start(t, TRUSTING)
  for (const [lines] of chains) assert.match((await ask(lines)).reply, /^HTTP\/1\.1 200 /)
  const log = await gateway.accessLog(chains.length)
  for (const [n, [lines, client]] of chains.entries())
    assert.equal(log[n]?.['client'], client, lines)
})

test('nobody else is believed: the client is the peer, whatever it says', async (t) => {
  const { gateway, ask } = await start(t)
  for (const [lines] of chains) {
    const { request, reply } = await ask(lines)
    assert.match(reply, /^HTTP\/1\.1 200 /)
    assert.deepEqual(valuesOf(request, 'x-forwarded-for'), ['127.0.0.1'])
    assert.equal(valuesOf(request, 'forwarded').length, 1)
  }
  for (const { client } of await gateway.accessLog(chains.length)) assert.equal(client, '127.0.0.1')
})

const claims =
  'X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 1\r\n' +
  'X-Forwarded-Server: evil\r\nX-Forwarded-Prefix: /evil\r\nX-Forwarded-Uri: /evil\r\n' +
  'X-Forwarded-Method: EVIL\r\nX-Forwarded-Ssl: evil\r\nX-Forwarded-Anything: evil\r\n' +
  'Forwarded: host=evil.test;proto=https\r\nX-Real-IP: 6.6.6.6\r\nTrue-Client-IP: 6.6.6.6\r\n' +
  'X-Client-IP: 6.6.6.6\r\nX-Cluster-Client-IP: 6.6.6.6\r\nX-Original-URL: /evil\r\n' +
  'X-Original-URI: /evil\r\nX-Original-Host: evil\r\nX-Rewrite-URL: /evil\r\nX-Host: evil\r\nX-Consumer-Username: root\r\n' +
  'X-Scheme: evil\r\nFront-End-Https: evil\r\nClient-Cert: :ZXZpbA==:\r\nX-Request-Id: evil\r\n' +
  'Traceparent: 00-66666666666666666666666666666666-6666666666666666-01\r\nTracestate: evil=1\r\n' +
  'Baggage: evil=1\r\nX-Keep: yes\r\n'

test('FWD-03, FWD-04: no hint of a stranger at scheme, host, path, method, identity or trace gets through', async (t) => {
  const { gateway, ask } = await start(t, undefined, REDIRECT)
  const { request, reply } = await ask(claims)
  assert.doesNotMatch(request, /evil|root|6\.6\.6\.6|6666|https|ZXZpbA/i)
  assert.match(request, /\r\nx-keep: yes\r\n/)
  const told = {
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'gw.test',
    'x-forwarded-port': String(gateway.port),
    forwarded: 'for=127.0.0.1;host=gw.test;proto=http',
  }
  for (const [name, value] of Object.entries(told))
    assert.deepEqual(valuesOf(request, name), [value])
  assert.match(reply, /\r\nlocation: http:\/\/gw\.test\/next\r\n/)
  assert.doesNotMatch(reply, /evil/)
})

test('a trusted proxy is believed, and what it said is passed on with itself as one hop more', async (t) => {
  const { gateway, ask } = await start(t, TRUSTING, REDIRECT)
  const { request, reply } = await ask(
    'X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\n' +
      'X-Forwarded-Port: 443\r\nX-Request-Id: id-1\r\nX-Forwarded-Prefix: /shop\r\n',
  )
  assert.deepEqual(valuesOf(request, 'x-forwarded-for'), ['198.51.100.7, 127.0.0.1'])
  assert.deepEqual(valuesOf(request, 'x-forwarded-proto'), ['https'])
  assert.deepEqual(valuesOf(request, 'x-forwarded-host'), ['shop.test'])
  assert.deepEqual(valuesOf(request, 'x-forwarded-port'), ['443'])
  assert.deepEqual(valuesOf(request, 'x-forwarded-prefix'), ['/shop'])
  assert.deepEqual(valuesOf(request, 'x-request-id'), ['id-1'])
  assert.deepEqual(valuesOf(reply, 'x-request-id'), ['id-1'])
  assert.deepEqual(valuesOf(reply, 'location'), ['https://gw.test/next'])

  const plain = await ask('')
  assert.deepEqual(valuesOf(plain.request, 'x-forwarded-for'), ['127.0.0.1'])
  assert.deepEqual(valuesOf(plain.request, 'x-forwarded-port'), [String(gateway.port)])
})

/** The two families of forwarding fields, as the nearest proxy wrote one of them and let the client's other one by. */
const families: readonly (readonly [lines: string, xff: string, forwarded: RegExp])[] = [
  [
    'X-Forwarded-For: 198.51.100.7\r\nForwarded: for=6.6.6.6;host=evil.test\r\n',
    '198.51.100.7, 127.0.0.1',
    /^for=198\.51\.100\.7, for=127\.0\.0\.1;/,
  ],
  ['X-Forwarded-For: 2001:db8::1\r\n', '2001:db8::1, 127.0.0.1', /^for="\[2001:db8::1\]", for=127/],
  ['X-Forwarded-For: 6.6.6.6, ;host=x\r\n', '6.6.6.6, ;host=x, 127.0.0.1', /^for=127\.0\.0\.1;/],
  [
    'Forwarded: for=198.51.100.7;proto=https\r\n',
    '198.51.100.7, 127.0.0.1',
    /^for=198\.51\.100\.7.*, for=127/,
  ],
]

test('both families of forwarding fields tell a service of the same client', async (t) => {
  const { ask } = await start(t, TRUSTING)
  for (const [lines, xff, forwarded] of families)
    await t.test(lines, async () => {
      const { request } = await ask(lines)
      assert.deepEqual(valuesOf(request, 'x-forwarded-for'), [xff])
      const [told, ...more] = valuesOf(request, 'forwarded')
      assert.match(told!, forwarded)
      assert.deepEqual(more, [])
    })
})

const ids = ['a', 'b'].map((digit) => digit.repeat(32))
const parent = (id: string, flags = '01'): string =>
  `Traceparent: 00-${id}-${'c'.repeat(16)}-${flags}\r\n`

/** What is no trace to go on with: it begins anew, and what was said of it goes (Trace Context §3.2.2.1). */
const noTraces = [
  '',
  `${parent(ids[0]!)}${parent(ids[1]!)}`,
  `${parent(ids[0]!)}${parent(ids[0]!)}`,
  `${parent(ids[0]!)}Traceparent: \r\n`,
  parent('0'.repeat(32)),
  parent(ids[0]!.toUpperCase()),
  parent(ids[0]!).replace('00-', 'ff-'),
  parent(ids[0]!, '1'),
]

test('a trace goes on from a trusted proxy, with one traceparent that is valid, or begins anew', async (t) => {
  const { ask } = await start(t, TRUSTING)
  const state = 'Tracestate: x=1\r\nTracestate: y=2\r\n'
  const { request } = await ask(parent(ids[0]!, '00') + state)
  assert.match(valuesOf(request, 'traceparent').join('|'), /^00-a{32}-(?!c{16})[0-9a-f]{16}-00$/)
  assert.deepEqual(valuesOf(request, 'tracestate'), ['x=1, y=2'])
  for (const lines of noTraces)
    await t.test(lines, async () => {
      const anew = (await ask(lines + state)).request
      const told = valuesOf(anew, 'traceparent').join('|')
      assert.match(told, /^00-(?!a{32}|b{32}|0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      assert.deepEqual(valuesOf(anew, 'tracestate'), [])
    })
})

test('the id of a trusted proxy is kept when there is one, and can stand in a log and a field', async (t) => {
  const { ask } = await start(t, TRUSTING)
  const kept = (await ask('X-Request-Id: 7f/A_b.c~d+e=:@-\r\n')).request
  assert.deepEqual(valuesOf(kept, 'x-request-id'), ['7f/A_b.c~d+e=:@-'])
  for (const lines of [
    'X-Request-Id: a\r\nX-Request-Id: b\r\n',
    'X-Request-Id: a b\r\n',
    'X-Request-Id: a"b\r\n',
    'X-Request-Id: \xe9\r\n',
    'X-Request-Id: a\tb\r\n',
    'X-Request-Id:\r\n',
    `X-Request-Id: ${'a'.repeat(129)}\r\n`,
  ]) {
    const { request, reply } = await ask(lines)
    const [id, ...more] = valuesOf(request, 'x-request-id')
    assert.match(id!, /^[0-9a-f]{32}$/, lines)
    assert.deepEqual(more, [])
    assert.deepEqual(valuesOf(reply, 'x-request-id'), [id])
  }
})
