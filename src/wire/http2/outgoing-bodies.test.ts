import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PushedBody, start, startEngine } from '../../../test/kit/h2-engine.ts'
import { Frame, type FrameClient, setting } from '../../../test/kit/h2-frames.ts'
import { get, settings, widen } from '../../../test/kit/h2-moves.ts'
import { until } from '../../../test/kit/until.ts'

const bytesOf = (client: FrameClient, stream: number): number =>
  client.of(Frame.data, stream).reduce((sum, { payload }) => sum + payload.length, 0)

test('streams that wait for the window of the connection take turns', async () => {
  const { client, asked } = startEngine([setting(4, 1_000_000)])
  for (const stream of [1, 3, 5]) client.send(get(stream))
  await until(() => asked.length === 3)
  const bodies = asked.map(({ channel }) => {
    const body = new PushedBody(200_000)
    channel.stream(start(), body)
    for (let i = 0; i < 2; i++) body.sink!.chunk(Buffer.alloc(50_000))
    return body
  })
  await until(() => bytesOf(client, 1) === 65_535)
  assert.ok(bodies.every(({ isPaused }) => isPaused))
  client.send(widen(0, 3 * 16_384))
  await until(() => bytesOf(client, 5) > 0)
  const got = [1, 3, 5].map((stream) => bytesOf(client, stream))
  assert.deepEqual(got, [65_535 + 16_384, 16_384, 16_384])
  client.send(widen(0, 1_000_000))
  await until(() => bodies.every(({ isPaused }) => !isPaused))
  for (const body of bodies) body.sink!.chunk(Buffer.alloc(100_000))
  await until(() => asked.every(({ complete }) => complete))
  await until(() => [1, 3, 5].every((stream) => bytesOf(client, stream) === 200_000))
})

test('windows made smaller go below nothing, and must be made up for', async () => {
  const { client, asked } = startEngine([setting(4, 100)])
  client.send(get(1))
  await until(() => asked.length === 1)
  asked[0]!.channel.send(start(), Buffer.alloc(300))
  await until(() => bytesOf(client, 1) === 100)
  client.send(settings(setting(4, 50)), widen(1, 60))
  await until(() => bytesOf(client, 1) === 110)
  client.send(settings(setting(4, 0)), widen(1, 50), get(3))
  await until(() => asked.length === 2)
  assert.equal(bytesOf(client, 1), 110)
  client.send(settings(setting(4, 1_000)))
  await until(() => asked[0]!.complete)
  assert.equal(await client.outcome(1), '\0'.repeat(300))
})

test('a client that does not read its socket holds up those who push, in bounds, and then asks in vain', async () => {
  const { client, asked, session } = startEngine([setting(4, 2 ** 30)], { streams: 1e5 })
  client.send(widen(0, 2 ** 30), get(1))
  await until(() => asked.length === 1)
  client.socket.pause()
  const body = new PushedBody(10_000_000)
  asked[0]!.channel.stream(start(), body)
  for (let i = 0; !body.isPaused; i++) {
    assert.ok(i < 100)
    body.sink!.chunk(Buffer.alloc(10_000))
  }
  assert.ok(session.writer.backlog < 200_000)
  let stream = 3
  for (let before = -1; before < asked.length;) {
    before = asked.length
    for (let i = 0; i < 100; i++, stream += 2) client.send(get(stream))
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => void setImmediate(resolve))
      for (const { channel } of asked.slice(1))
        if (!channel.finished) channel.sendHead(start(204, 'x-long', 'x'.repeat(1_000)), undefined)
    }
  }
  assert.ok(session.writer.backlog < 1_000_000, `${session.writer.backlog} after ${asked.length}`)
  client.socket.resume()
  await until(() => !body.isPaused)
  const left = 10_000_000 - asked[0]!.channel.bytesOut
  body.sink!.chunk(Buffer.alloc(left))
  await until(() => bytesOf(client, 1) === 10_000_000)
})

for (const [what, length, pushed] of [
  ['longer', 5, 6],
  ['shorter', 5, 4],
] as const)
  test(`a body ${what} than said resets its stream`, async () => {
    const { client, asked } = startEngine()
    client.send(get(1))
    await until(() => asked.length === 1)
    const body = new PushedBody(length)
    asked[0]!.channel.stream(start(), body)
    body.sink!.chunk(Buffer.alloc(pushed))
    body.sink!.end()
    assert.equal(await client.outcome(1), 'reset 2')
    assert.deepEqual([asked[0]!.finished, asked[0]!.complete], [1, false])
  })
