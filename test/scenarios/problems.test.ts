import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAULTS, type FaultCode } from '#sdk/fault'
import { freePort } from '../kit/free-port.ts'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const get = (path: string, line = 'Host: gw.test'): string => `GET ${path} HTTP/1.1\r\n${line}\r\n`

/** Requests without the empty line at their end: more may be said. */
const refused: readonly (readonly [FaultCode, string])[] = [
  ['BAD_HOST', get('/ok', 'Host: a b')],
  ['BAD_PATH', get('/%2e%2e%2f')],
  ['BAD_FRAMING', get('/ok', 'Host: gw.test\r\nContent-Length: 1\r\nContent-Length: 1')],
  ['ROUTE_NOT_FOUND', get('/nowhere')],
  ['METHOD_NOT_ALLOWED', get('/own').replace('GET', 'PUT')],
  ['BODY_TOO_LARGE', get('/small', 'Host: gw.test\r\nContent-Length: 9')],
  ['EXPECTATION_FAILED', get('/ok', 'Host: gw.test\r\nExpect: more')],
  ['MISDIRECTED', get('https://gw.test/ok')],
  ['METHOD_NOT_SUPPORTED', get('/ok').replace('GET', 'TRACE')],
  ['SERVICE_REFUSED', get('/refused')],
  ['SERVICE_RESET', get('/reset')],
  ['SERVICE_BAD_REPLY', get('/babble')],
  ['RESPONSE_TIMEOUT', get('/silent')],
  ['TOTAL_TIMEOUT', get('/all')],
]

/** Their heads could not be read: nobody knows what they accept. */
const unread: readonly (readonly [FaultCode, string])[] = [
  ['BAD_REQUEST', 'GET  /ok HTTP/1.1\r\n'],
  ['HEADERS_TOO_LARGE', get('/ok', `Host: gw.test\r\nX: ${'x'.repeat(40_000)}`)],
  ['TARGET_TOO_LONG', get(`/${'x'.repeat(9_000)}`)],
  ['VERSION_NOT_SUPPORTED', get('/ok').replace('1.1', '2.0')],
]

test('every refusal is a problem document under the id of its reply, or a page for who wants HTML', async (t) => {
  const backend = await startBackend(t, (connection, whole) => {
    const { socket, received } = connection
    const path = received.split(' ')[1]
    if (path === '/reset') socket.resetAndDestroy()
    else if (path !== '/silent' && path !== '/all')
      answering('HTTP/9.9 no\r\n\r\n')(connection, whole)
  })
  const gateway = await startGateway(
    t,
    `routes:
  - { path: [/reset, /babble, /ok], to: "${backend.url}" }
  - { match: { path: /own, methods: [GET] }, respond: mine }
  - { path: /small, respond: small, limits: { body: 8B } }
  - { path: /silent, to: "${backend.url}", timeout: { response: 50ms } }
  - { path: /all, to: "${backend.url}", timeout: 50ms }
  - { path: /refused, to: "http://127.0.0.1:${await freePort()}" }
`,
  )
  const ask = async (text: string): Promise<{ head: string; body: string; id: string }> => {
    const reply = await exchange(gateway.port, `${text}\r\n`)
    const [head = '', body = ''] = reply.split('\r\n\r\n')
    assert.match(head, /\r\ncache-control: no-store\r\n/)
    assert.match(head, new RegExp(`\r\ncontent-length: ${body.length}(\r\n|$)`))
    return { head, body, id: /\r\nx-request-id: ([0-9a-f]{32})/.exec(head)![1]! }
  }
  const ids: string[] = []
  for (const [code, text] of [...refused, ...unread])
    await t.test(code, async () => {
      const { status, title } = FAULTS[code]
      const isRead = refused.some(([other]) => other === code)
      for (const accept of [
        '',
        'Accept: */*\r\n',
        'Accept: text/html;q=0.5, application/json\r\n',
      ]) {
        const { head, body, id } = await ask(text + accept)
        ids.push(id)
        assert.ok(head.startsWith(`HTTP/1.1 ${status} `), head)
        assert.match(head, /\r\ncontent-type: application\/problem\+json\r\n/)
        const type = `urn:problem:${code.toLowerCase().replaceAll('_', '-')}`
        assert.deepEqual(JSON.parse(body), { type, title, status, code, requestId: id })
      }
      const html = await ask(`${text}Accept: text/html, application/json\r\n`)
      ids.push(html.id)
      assert.ok(html.head.startsWith(`HTTP/1.1 ${status} `))
      if (!isRead) return
      assert.match(html.head, /\r\ncontent-type: text\/html; charset=utf-8\r\n/)
      for (const told of [String(status), title, code, html.id])
        assert.ok(html.body.includes(told), told)
    })
  const log = await gateway.accessLog(ids.length)
  assert.deepEqual(
    log.map(({ requestId }) => requestId),
    ids,
  )
})
