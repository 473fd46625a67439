import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const ASK = 'GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n'

for (const halfClose of ['gone', 'answer']) {
  test(`a client that ends its side while a service works for it: ${halfClose}`, async (t) => {
    const held: (() => void)[] = []
    const backend = await startBackend(t, (connection, whole) => {
      if (whole) held.push(() => answering()(connection, true))
    })
    const { port, accessLog } = await startGateway(
      t,
      `routes: [{ path: /a, to: "${backend.url}" }, { path: /own, respond: mine }]`,
      { listen: `listeners: { main: { host: 127.0.0.1, port: 0, halfClose: ${halfClose} } }` },
    )
    const client = new RawClient(port).send(ASK)
    await until(() => held.length === 1)
    client.socket.end()
    if (halfClose === 'answer') held[0]!()
    else await until(() => backend.open() === 0)
    await client.untilEnded()
    const [line] = await accessLog(1)
    if (halfClose === 'answer') {
      assert.match(client.received, /^HTTP\/1\.1 200 [^]*ok$/)
      assert.equal(line!['status'], 200)
    } else {
      assert.equal(client.received, '')
      assert.equal(line!['fault'], 'CLIENT_GONE')
    }
    // What the gateway answers by itself it answers in either case.
    const other = new RawClient(port)
    other.socket.end('GET /own HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    assert.match(await other.untilEnded(), /^HTTP\/1\.1 200 [^]*mine$/)
  })
}
