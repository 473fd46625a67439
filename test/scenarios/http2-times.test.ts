import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { ACK, END_STREAM, frame, Frame, FrameClient, requestFields } from '../kit/h2-frames.ts'
import { block, get, headers, ping } from '../kit/h2-moves.ts'

test('what does not begin as HTTP/2 does ends at once, and so does a client that never acknowledges', async (t) => {
  const { port } = await startGateway(t, 'routes: [{ path: /**, respond: hello }]', {
    listen:
      'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [h2c], limits: { headerTimeout: 300ms } } }',
  })
  assert.equal(await new FrameClient(port, false).send(ping()).goaway(), 1)
  assert.equal(await new FrameClient(port, false).send(frame(Frame.settings, ACK, 0)).goaway(), 1)
  const deaf = new FrameClient(port)
  deaf.answers = false
  assert.equal(await deaf.goaway(), 4)
  const slow = new FrameClient(port).request(1, requestFields())
  assert.equal(await slow.outcome(1), 'hello')
  slow.send(headers(END_STREAM, 3, block()))
  assert.equal(await slow.goaway(), 11)
  const slower = new FrameClient(port).request(1, requestFields())
  assert.equal(await slower.outcome(1), 'hello')
  slower.send(get(3).subarray(0, 30))
  assert.equal(await slower.goaway(), 11)
})
