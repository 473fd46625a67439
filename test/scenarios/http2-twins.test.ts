import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { askH2, connectH2, fieldOf, type H2Ask } from '../kit/h2-client.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

/** Each is asked by HTTP/1.1 and by HTTP/2: what the service saw and what the client got must be the same. */
const asked: readonly (H2Ask & { what: string })[] = [
  { what: 'a plain GET' },
  { what: 'a query', path: '/a?b=c&d=%20' },
  { what: 'a path in another spelling', path: '/x/%61/../b//c' },
  { what: 'a path that leads out', path: '/../../etc' },
  { what: 'an escaped slash', path: '/a%2fb' },
  { what: 'a broken escape', path: '/a%zz' },
  { what: 'HEAD', method: 'HEAD' },
  { what: 'DELETE', method: 'DELETE', path: '/x' },
  { what: 'OPTIONS of all', method: 'OPTIONS', path: '*' },
  { what: 'a method of its own', method: 'PURGE' },
  { what: 'TRACE', method: 'TRACE' },
  { what: 'a POST with its length', method: 'POST', fields: ['content-length', '3'], body: 'abc' },
  { what: 'a POST of nothing', method: 'POST', fields: ['content-length', '0'], body: '' },
  { what: 'a host with its port', authority: 'gw.test:8080' },
  { what: 'a host in capitals', authority: 'GW.Test' },
  { what: 'a host that is none', authority: 'a..b' },
  { what: 'several of a field', fields: ['x-a', '1', 'x-b', '2', 'x-a', '3'] },
  { what: 'letters beyond ASCII', fields: ['x-name', 'Zo\xeb'] },
  {
    what: 'FWD-03: forwarding fields',
    fields: [
      'x-forwarded-proto',
      'https',
      'x-forwarded-host',
      'evil.test',
      'x-forwarded-port',
      '1',
      'x-forwarded-for',
      '9.9.9.9',
      'forwarded',
      'for=9.9.9.9',
    ],
  },
  {
    what: 'FWD-04: hints of a path',
    path: '/admin',
    fields: [
      'x-forwarded-uri',
      '/public',
      'x-original-url',
      '/public',
      'x-rewrite-url',
      '/public',
      'x-forwarded-prefix',
      '/public',
      'x-forwarded-method',
      'OPTIONS',
    ],
  },
  {
    what: 'look-alikes',
    fields: ['x_forwarded_for', '9.9.9.9', 'content_length', '7', 'x_ok', '1'],
  },
  {
    what: 'fields for one hop',
    fields: ['proxy', 'http://evil', 'proxy-authorization', 'x', 'trailer', 'x-a'],
  },
  { what: 'te: trailers', fields: ['te', 'trailers'] },
  {
    what: 'a body that is too large',
    method: 'POST',
    path: '/small',
    fields: ['content-length', '20'],
    body: 'x'.repeat(20),
  },
  { what: 'what wants HTML', path: '/none', fields: ['accept', 'text/html'] },
  { what: 'a value that is a list', fields: ['x-role', 'user', 'x-role', 'admin'] },
]

const REPLY =
  'HTTP/1.1 201 Created\r\nServer: secret\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: \xe9\r\nConnection: x-gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\n'

const CHANGING = /^(?:date|x-request-id|connection)$/

test('HTTP/1.1 and HTTP/2 are one to services, and services one to both', async (t) => {
  const service = await startRecorder(t, (request) =>
    request.startsWith('HEAD') ? REPLY : `${REPLY}hello`,
  )
  const { port } = await startGateway(
    t,
    `routes: [{ path: /small, to: "${service.url}", limits: { body: 10B } }, { path: /none, respond: { status: 404 } }, { path: /**, to: "${service.url}" }]`,
    { listen: 'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [http1, h2c] } }' },
  )
  const session = await connectH2(t, port)
  for (const { what, ...ask } of asked) {
    const [seen1, got1] = [await byHttp1(port, ask), saw(service.request())]
    service.forget()
    const reply = await askH2(session, ask)
    const [seen2, got2] = [
      { status: reply.status, fields: steady(reply.fields), body: steadyBody(reply.body) },
      saw(service.request()),
    ]
    service.forget()
    assert.deepEqual(seen2, seen1, what)
    assert.deepEqual(got2, got1, what)
    assert.equal(fieldOf(reply, 'connection') ?? fieldOf(reply, 'keep-alive'), undefined, what)
  }
})

async function byHttp1(
  port: number,
  { method = 'GET', path = '/', authority = 'gw.test', fields = [], body = '' }: H2Ask,
) {
  let lines = ''
  for (let i = 0; i < fields.length; i += 2) lines += `${fields[i]}: ${fields[i + 1]}\r\n`
  const text = await exchange(
    port,
    `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n${lines}\r\n${body}`,
  )
  const [head, rest] = text.split('\r\n\r\n') as [string, string]
  const flat = head
    .split('\r\n')
    .slice(1)
    .flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
  return { status: Number(head.slice(9, 12)), fields: steady(flat), body: steadyBody(rest) }
}

function steady(flat: readonly string[]): string[] {
  const lines = flat.flatMap((name, i) =>
    i % 2 === 0 && !CHANGING.test(name) ? [`${name}: ${flat[i + 1]}`] : [],
  )
  return lines.toSorted()
}

const steadyBody = (body: string): string => body.replace(/[0-9a-f]{32}/, 'ID')

/** What the service saw, without what is of one request or one hop. */
function saw(request: string): string {
  assert.ok(valuesOf(request, 'via').every((via) => /^(?:1\.1|2) gateway$/.test(via)))
  return request
    .replace(/[0-9a-f]{32}/g, 'ID')
    .replace(/-[0-9a-f]{16}-/, '-SPAN-')
    .replace(/via: [^\r]*/, 'via')
}
