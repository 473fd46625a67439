import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

test('who leaves lets the last bytes of a reply leave before', async (t) => {
  const size = 12_000_000
  const { stop, port, accessLog } = await startGateway(
    t,
    `routes: [{ path: /**, respond: { body: "${'x'.repeat(size)}" } }]`,
  )
  const slow = new RawClient(port)
  slow.socket.pause()
  slow.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [line] = await accessLog(1)
  assert.equal(line!['complete'], undefined)
  const stopped = stop(0, 5_000)
  setTimeout(() => slow.socket.resume(), 50)
  await until(() => slow.ended)
  assert.equal(slow.received.length - slow.received.indexOf('\r\n\r\n') - 4, size)
  assert.equal((await stopped).cut, 0)
})
