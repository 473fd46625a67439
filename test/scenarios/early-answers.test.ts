import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const ANSWER = `{"why":"${'too much '.repeat(3_400)}"}`
const SIZE = 20_000_000

for (const [how, fields] of [
  ['told by its length', `Content-Length: ${SIZE}`],
  ['in chunks', 'Transfer-Encoding: chunked'],
] as const)
  test(`STR-05: a service that answers in the middle of an upload, ${how}, is heard to the end`, async (t) => {
    const backend = await startBackend(t, (connection) => {
      const { socket, received } = connection
      if (received.startsWith('GET')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        return
      }
      if (received.length < 65_536 || socket.writableEnded) return
      socket.end(
        `HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: ${ANSWER.length}\r\n\r\n${ANSWER}`,
      )
    })
    const { port, accessLog, metric } = await startGateway(
      t,
      `routes: [{ path: /**, to: "${backend.url}" }]`,
    )
    const client = new RawClient(port).send(
      `POST /up HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n\r\n`,
    )
    const piece = 'x'.repeat(20_000)
    const wire = fields.startsWith('T') ? `4e20\r\n${piece}\r\n` : piece
    for (let sent = 0; sent < SIZE && !client.ended; sent += piece.length) {
      client.send(wire)
      await new Promise((resolve) => void setTimeout(resolve, 1))
    }
    assert.match(await client.untilEnded(), /^HTTP\/1\.1 413 /)
    assert.ok(client.received.endsWith(`\r\n\r\n${ANSWER}`))
    assert.equal(client.error, undefined)
    client.close()
    const [line] = await accessLog(1)
    assert.deepEqual(
      [line!['status'], line!['bytesOut'], line!['fault'], line!['complete']],
      [413, ANSWER.length, undefined, undefined],
    )
    assert.match(await exchange(port, 'GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n'), / 200 [^]*ok$/)
    await until(async () => (await metric('portcullis_requests_in_progress')) === 0)
  })
