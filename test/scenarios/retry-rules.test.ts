import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, answering, OK, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'

const GET = 'GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n'
const BUSY = 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy'

/** Answers with each of these in turn, then with the last for ever; `cut` ends the connection instead. */
function inTurn(replies: readonly string[]): { answer: Answer; asked: () => number } {
  let asked = 0
  return {
    asked: () => asked,
    answer(connection, whole) {
      if (!whole) return
      const reply = replies[Math.min(asked++, replies.length - 1)]!
      if (reply === 'cut') connection.socket.destroy()
      else answering(reply)(connection, true)
    },
  }
}

const cases = [
  { name: 'a status that is named', on: '[503]', replies: [BUSY, OK], status: 200, asked: 2 },
  { name: 'a status that is not', on: '[502]', replies: [BUSY, OK], status: 503, asked: 1 },
  { name: 'a reset that is named', on: '[reset]', replies: ['cut', OK], status: 200, asked: 2 },
  { name: 'a reset that is not', on: '[connect]', replies: ['cut', OK], status: 502, asked: 1 },
  { name: 'as often as was said, no more', on: '[503]', replies: [BUSY], status: 503, asked: 3 },
  {
    name: 'a POST with an Idempotency-Key',
    on: '[503]',
    replies: [BUSY, OK],
    status: 200,
    asked: 2,
    request: 'POST /a HTTP/1.1\r\nHost: gw.test\r\nIdempotency-Key: k1\r\n\r\n',
  },
  {
    name: 'a POST without one: never',
    on: '[503, reset]',
    replies: [BUSY, OK],
    status: 503,
    asked: 1,
    request: 'POST /a HTTP/1.1\r\nHost: gw.test\r\n\r\n',
  },
  {
    name: 'a PUT with a body: never, as that is gone',
    on: '[503]',
    replies: [BUSY, OK],
    status: 503,
    asked: 1,
    request: 'PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 2\r\n\r\nok',
  },
  {
    name: 'a PUT with a body of no bytes',
    on: '[503]',
    replies: [BUSY, OK],
    status: 200,
    asked: 2,
    request: 'PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n',
  },
  {
    name: 'when the service asks for a moment',
    on: '[503]',
    replies: [BUSY.replace('\r\n', '\r\nRetry-After: 0\r\n'), OK],
    status: 200,
    asked: 2,
  },
  {
    name: 'not when the service asks for long',
    on: '[503]',
    replies: [BUSY.replace('\r\n', '\r\nRetry-After: 60\r\n'), OK],
    status: 503,
    asked: 1,
  },
]

for (const { name, on, replies, status, asked, request = GET } of cases) {
  test(`tried again: ${name}`, async (t) => {
    const turns = inTurn(replies)
    const backend = await startBackend(t, turns.answer)
    const { port, accessLog } = await startGateway(
      t,
      `services: { s: { targets: "${backend.url}", retry: { attempts: 3, on: ${on} } } }\nroutes: [{ path: /a, to: s }]\n`,
    )
    const reply = await exchange(port, request)
    assert.match(reply, new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.equal(turns.asked(), asked)
    const [line] = await accessLog(1)
    assert.equal(line!['attempts'], asked)
  })
}

test('a route says otherwise than its service, member by member', async (t) => {
  const turns = inTurn([BUSY])
  const backend = await startBackend(t, turns.answer)
  const { port } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", retry: { attempts: 3, on: 503 } } }\n` +
      `routes: [{ path: /a, to: s, retry: { attempts: 2 } }]\n`,
  )
  assert.match(await exchange(port, GET), /^HTTP\/1\.1 503 /)
  assert.equal(turns.asked(), 2)
})

test('a service that fails for everyone is not asked twice as often: the budget', async (t) => {
  const turns = inTurn([BUSY])
  const backend = await startBackend(t, turns.answer)
  const { url, metric } = await startGateway(
    t,
    `services: { s: { targets: "${backend.url}", retry: { on: 503, budget: 10% } } }\nroutes: [{ path: /a, to: s }]\n`,
  )
  for (let n = 0; n < 100; n++) await (await fetch(`${url}/a`)).text()
  assert.ok(turns.asked() >= 110 && turns.asked() <= 121, `${turns.asked()} for 100`)
  assert.equal(await metric('portcullis_service_retries_total'), turns.asked() - 100)
})
