import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { askH2, connectH2 } from '../kit/h2-client.ts'
import { END_STREAM, frame, Frame, FrameClient, requestFields } from '../kit/h2-frames.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const H2C = { listen: 'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [h2c] } }' }
const PSEUDO = { method: 'GET', scheme: 'http', authority: 'gw.test', path: '/' }

/** Fields of a request whose pseudo-headers are these. */
const pseudo = (
  changes: Record<string, string | undefined>,
  more: readonly string[] = [],
): string[] => [
  ...Object.entries({ ...PSEUDO, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`:${name}`, value],
  ),
  ...more,
]

const refused: readonly [what: string, fields: readonly string[], code: string][] = [
  ['no method', pseudo({ method: undefined }), 'BAD_REQUEST'],
  ['a method in lower case', pseudo({ method: 'get' }), 'BAD_REQUEST'],
  ['no scheme', pseudo({ scheme: undefined }), 'BAD_REQUEST'],
  ['another scheme', pseudo({ scheme: 'https' }), 'MISDIRECTED'],
  ['no path', pseudo({ path: undefined }), 'BAD_REQUEST'],
  ['an empty path', pseudo({ path: '' }), 'BAD_REQUEST'],
  ['an absolute path', pseudo({ path: 'http://gw.test/' }), 'BAD_REQUEST'],
  ['a path with a space', pseudo({ path: '/a b' }), 'BAD_REQUEST'],
  ['a path with a line in it', pseudo({ path: '/ HTTP/1.1\r\nx: y' }), 'BAD_REQUEST'],
  ['a path with a fragment', pseudo({ path: '/a#b' }), 'BAD_PATH'],
  ['* for another method', pseudo({ path: '*' }), 'BAD_REQUEST'],
  ['no authority', pseudo({ authority: undefined }), 'BAD_HOST'],
  ['user information', pseudo({ authority: 'u@gw.test' }), 'BAD_HOST'],
  ['another Host', requestFields(['host', 'evil.test']), 'BAD_HOST'],
  ['two Hosts', requestFields(['host', 'gw.test', 'host', 'gw.test']), 'BAD_HOST'],
  ['a method twice', requestFields([':method', 'GET']), 'BAD_REQUEST'],
  [
    'a pseudo-header behind a field',
    [...requestFields().slice(0, 6), 'a', 'b', ':path', '/'],
    'BAD_REQUEST',
  ],
  ['an unknown pseudo-header', requestFields([':evil', 'x']), 'BAD_REQUEST'],
  ['a name in capitals', requestFields(['X-A', 'b']), 'BAD_REQUEST'],
  ['connection', requestFields(['connection', 'x-a']), 'BAD_REQUEST'],
  ['keep-alive', requestFields(['keep-alive', '1']), 'BAD_REQUEST'],
  ['proxy-connection', requestFields(['proxy-connection', 'close']), 'BAD_REQUEST'],
  ['transfer-encoding', requestFields(['transfer-encoding', 'chunked']), 'BAD_REQUEST'],
  ['upgrade', requestFields(['upgrade', 'h2c']), 'BAD_REQUEST'],
  ['te: gzip', requestFields(['te', 'gzip']), 'BAD_REQUEST'],
  ['a length without a body', requestFields(['content-length', '5']), 'BAD_FRAMING'],
  ['two lengths', requestFields(['content-length', '0', 'content-length', '0']), 'BAD_FRAMING'],
  ['a length that is no number', requestFields(['content-length', '+0']), 'BAD_FRAMING'],
  [
    'CONNECT',
    pseudo({ method: 'CONNECT', scheme: undefined, path: undefined }),
    'METHOD_NOT_SUPPORTED',
  ],
  ['TRACE', pseudo({ method: 'TRACE' }), 'METHOD_NOT_SUPPORTED'],
  ['expectations', requestFields(['expect', 'more']), 'EXPECTATION_FAILED'],
  ['a long target', pseudo({ path: `/${'a'.repeat(9_000)}` }), 'TARGET_TOO_LONG'],
  ['many fields', requestFields(Array.from({ length: 402 }, () => 'a')), 'HEADERS_TOO_LARGE'],
]

test('H2-07: what can be read in two ways is refused, and no other stream is touched', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, H2C)
  const client = new FrameClient(port)
  let stream = -1
  for (const [what, fields, code] of refused) {
    stream += 2
    client.request(stream, fields)
    const outcome = await client.outcome(stream)
    const isRefused = outcome === 'reset 1' || outcome.includes(`"code":"${code}"`)
    assert.ok(isRefused, `${what}: ${outcome}`)
    assert.equal(service.request(), '', what)
  }
  client.request(stream + 2, requestFields())
  assert.equal(await client.outcome(stream + 2), 'ok')
  client.socket.destroy()
})

test('a field that is none goes no further', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, H2C)
  const client = new FrameClient(port)
  const wrong = [
    ['a b', 'c'],
    ['', 'c'],
    ['a', 'b\r\nx-admin: 1'],
    ['a', 'b\0c'],
    ['a', ' b'],
    ['a', 'b\t'],
  ]
  for (const [index, fields] of wrong.entries()) {
    const stream = index * 2 + 1
    client.request(stream, requestFields(fields))
    const outcome = await client.outcome(stream)
    if (outcome === 'ok')
      assert.doesNotMatch(service.request(), /admin|\r\n(?:a ?b?)?: /, fields.join())
    else assert.match(outcome, /^reset 1$|BAD_REQUEST/)
  }
  client.socket.destroy()
})

test('what reaches the service is what HTTP/1.1 would have brought', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, H2C)
  const session = await connectH2(t, port)
  const fields = ['cookie', 'a=1', 'x-a', '1', 'cookie', 'b=2', 'x-a', '2', 'host', 'GW.test']
  const dropped = [
    'x-forwarded-for',
    '1.2.3.4',
    'x_forwarded_for',
    '1.2.3.4',
    'proxy',
    'x',
    'x-real-ip',
    '9',
    'trailer',
    'x',
  ]
  await askH2(session, { fields: [...fields, ...dropped], path: '/%61/../b' })
  const request = service.request()
  assert.match(
    request,
    /^GET \/b HTTP\/1\.1\r\nhost: gw\.test\r\ncookie: a=1; b=2\r\nx-a: 1\r\nx-a: 2\r\nx-forwarded-for: 127\.0\.0\.1\r\n/,
  )
  assert.doesNotMatch(request, /1\.2\.3\.4|proxy|x-real-ip|trailer/i)
})

test('a proxy that is trusted may tell of another scheme', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen:
      'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [h2c], trustedProxies: 127.0.0.1 } }',
  })
  const client = new FrameClient(port)
  client.request(
    1,
    pseudo({ scheme: 'https' }, ['x-forwarded-proto', 'https', 'x-forwarded-for', '203.0.113.9']),
  )
  assert.equal(await client.outcome(1), 'ok')
  assert.deepEqual(valuesOf(service.request(), 'x-forwarded-proto'), ['https'])
  assert.deepEqual(valuesOf(service.request(), 'x-forwarded-for'), ['203.0.113.9, 127.0.0.1'])
  client.request(3, pseudo({ scheme: 'ftp' }))
  assert.match(await client.outcome(3), /MISDIRECTED/)
  client.socket.destroy()
})

const EVIL = 'GET /evil HTTP/1.1\r\nHost: a\r\n\r\n'
const smuggled: readonly [what: string, fields: readonly string[], data: string][] = [
  ['more than no bytes', ['content-length', '0'], EVIL],
  ['less than was said', ['content-length', '100'], '12345'],
  ['more than was said', ['content-length', '3'], `abc${EVIL}`],
  ['two lengths', ['content-length', '5', 'content-length', '6'], '12345'],
  ['chunks', ['transfer-encoding', 'chunked'], `0\r\n\r\n${EVIL}`],
]

test('H2-05: DATA that is not what Content-Length says resets the stream, and nothing of it is left at the service', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, H2C)
  for (const [what, fields, data] of smuggled) {
    const client = new FrameClient(port)
    client.request(1, requestFields(fields, 'POST'), 0)
    client.send(frame(Frame.data, END_STREAM, 1, data))
    assert.match(await client.outcome(1), /^reset 1$|BAD_FRAMING|BAD_REQUEST/, what)
    service.forget()
    const next = new FrameClient(port).request(1, requestFields([], 'GET', '/next'))
    assert.equal(await next.outcome(1), 'ok', what)
    assert.match(service.request(), /^GET \/next /, what)
    for (const { socket } of [client, next]) socket.destroy()
  }
  assert.ok(!service.received().includes('evil'))
})

test('trailers that frame or name something are refused', async (t) => {
  const service = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, H2C)
  const client = new FrameClient(port)
  const wrong = [
    [':path', '/'],
    ['X-A', 'b'],
    ['content-length', '1'],
    ['connection', 'a'],
  ]
  for (const [index, fields] of wrong.entries()) {
    const stream = index * 2 + 1
    client.request(stream, requestFields([], 'POST'), 0)
    client.send(frame(Frame.data, 0, stream, 'abc'))
    client.request(stream, fields)
    assert.match(await client.outcome(stream), /^(?:reset 1|[^]*BAD_BODY[^]*)$/, fields.join())
  }
  client.socket.destroy()
})
