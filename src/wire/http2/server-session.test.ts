import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PushedBody, start, startEngine, Taker } from '../../../test/kit/h2-engine.ts'
import { END_STREAM, Frame, type FrameClient, requestFields } from '../../../test/kit/h2-frames.ts'
import { data, get, ping, post, reset, widen } from '../../../test/kit/h2-moves.ts'
import { until } from '../../../test/kit/until.ts'

const PIECE = 'x'.repeat(16_384)
const widened = (client: FrameClient, stream: number): number =>
  client
    .of(Frame.windowUpdate, stream)
    .reduce((sum, { payload }) => sum + payload.readUInt32BE(), 0)
const bytesOf = (client: FrameClient, stream: number): number =>
  client.of(Frame.data, stream).reduce((sum, { payload }) => sum + payload.length, 0)

test('replies of one turn leave in one piece, and the end of a body with its last bytes', async () => {
  const { client, asked } = startEngine()
  client.send(get(1), get(3), get(5))
  await until(() => asked.length === 3 && client.frames.length >= 3)
  const before = client.pieces
  asked[0]!.channel.send(start(), Buffer.from('one'))
  const body = new PushedBody()
  asked[1]!.channel.stream(start(), body)
  body.sink!.chunk(Buffer.from('two'))
  body.sink!.end()
  asked[2]!.channel.sendHead(start(304), '7')
  await until(() => client.of(Frame.headers, 5).length === 1)
  assert.equal(client.pieces, before + 1)
  assert.deepEqual(
    client.of(Frame.data, 3).map(({ flags, payload }) => [flags, payload.toString()]),
    [[END_STREAM, 'two']],
  )
  assert.ok(asked.every(({ finished, complete }) => finished === 1 && complete))
})

test('what is not taken gives no window, neither for more than it had nor for others less', async () => {
  const { client, asked } = startEngine()
  for (let stream = 1; stream < 61; stream += 2) {
    client.send(post(stream))
    for (let i = 0; i < 4; i++) client.send(data(stream, 0, i < 3 ? PIECE : PIECE.slice(1)))
  }
  await until(() => widened(client, 0) > 30 * 65_535 - 2 ** 19)
  const taker = new Taker()
  asked[29]!.body!.start(taker)
  assert.equal(taker.bytes, 65_535)
  await until(() => widened(client, 59) === 65_535)
  asked[29]!.body!.pause()
  client.send(data(59, 0, PIECE), data(59, 0, PIECE), data(59, 0, PIECE))
  await until(() => widened(client, 0) > 30 * 65_535 + 3 * 16_384 - 2 ** 19)
  assert.deepEqual([taker.bytes, widened(client, 59), widened(client, 1)], [65_535, 65_535, 0])
  asked[29]!.body!.resume()
  await until(() => widened(client, 59) === 65_535 + 3 * 16_384)
  client.send(data(59, END_STREAM, 'end'), data(1, 0, 'x'))
  await until(() => taker.ended && client.of(Frame.reset, 1).length === 1)
  assert.equal(client.of(Frame.reset, 1)[0]!.payload.readUInt32BE(), 3)
  assert.equal(asked[0]!.gone!.code, 'BAD_BODY')
  assert.equal(taker.bytes, 65_535 + 3 * 16_384 + 3)
})

test('a body that nobody wants is not kept, and its stream is told when the reply is out', async () => {
  const { client, asked } = startEngine()
  client.send(post(1), data(1, 0, PIECE))
  await until(() => asked.length === 1)
  const taker = new Taker()
  asked[0]!.body!.start(taker)
  asked[0]!.body!.abort()
  client.send(data(1, 0, PIECE), data(1, 0, PIECE))
  asked[0]!.channel.send(start(), Buffer.from('no'))
  assert.equal(await client.outcome(1), 'no')
  await until(() => client.of(Frame.reset, 1).length === 1)
  assert.equal(client.of(Frame.reset, 1)[0]!.payload.readUInt32BE(), 0)
  assert.equal(taker.bytes, 16_384)
})

test('what a client gives up is told to who works for it, once', async () => {
  const { client, asked, isClosed } = startEngine()
  client.send(post(1), get(3))
  await until(() => asked.length === 2)
  const taker = new Taker()
  const body = new PushedBody()
  asked[0]!.body!.start(taker)
  asked[1]!.channel.stream(start(), body)
  client.send(reset(1), reset(3))
  await until(() => asked.every(({ gone }) => gone?.code === 'CLIENT_GONE'))
  assert.deepEqual([taker.failed?.code, body.aborted?.code], ['CLIENT_GONE', 'CLIENT_GONE'])
  body.sink!.chunk(Buffer.alloc(10))
  body.sink!.end()
  client.socket.destroy()
  await until(isClosed)
  assert.deepEqual([asked[0]!.finished, asked[1]!.finished, bytesOf(client, 3)], [1, 1, 0])
})

test('who leaves waits for a sign that the client has heard, and not for long', async () => {
  const { client, asked, session, pass } = startEngine()
  client.answers = false
  client.send(get(1))
  await until(() => asked.length === 1)
  session.drain()
  await until(() => client.of(Frame.goaway, 0).length === 1)
  client.send(get(3))
  await until(() => asked.length === 2)
  pass(1_200)
  await until(() => client.of(Frame.goaway, 0).length === 2)
  assert.equal(client.of(Frame.goaway, 0)[1]!.payload.readUInt32BE(), 3)
  client.send(post(5), data(5), reset(5), post(7), data(7, END_STREAM), widen(7, 1))
  for (const { channel } of asked) channel.send(start(), Buffer.from('ok'))
  assert.deepEqual(
    [await client.outcome(1), await client.outcome(3), asked.length],
    ['ok', 'ok', 2],
  )
  session.endIfIdle()
  assert.equal(await client.goaway(), 0)
})

test('pings between which something is served are no flood', async () => {
  const { client, asked } = startEngine(undefined, {}, ({ channel }) =>
    channel.send(start(), undefined),
  )
  for (let stream = 1; stream < 1_001; stream += 2)
    client.request(stream, requestFields()).send(ping())
  await until(() => client.of(Frame.ping, 0).length === 500)
  assert.equal(asked.length, 500)
  client.socket.destroy()
})

test('each head has its own time, however many come in pieces', async () => {
  const { client, asked, pass } = startEngine(undefined, {}, ({ channel }) =>
    channel.send(start(), undefined),
  )
  await until(() => client.of(Frame.settings, 0).length === 2) // what it answers is not to come between
  client.send(get(1).subarray(0, 20))
  let stream = 1
  for (; stream < 41; stream += 2) {
    const { length } = asked
    client.send(get(stream).subarray(20), get(stream + 2).subarray(0, 20))
    await until(() => asked.length > length)
    pass(1_000)
  }
  assert.equal(client.of(Frame.goaway, 0).length, 0)
  pass(10_000)
  assert.equal(await client.goaway(), 11)
})

test('what still comes for a stream that is long over does no harm, however many have ended since', async () => {
  const { client, asked } = startEngine(undefined, {}, ({ channel }) =>
    channel.send(start(401), Buffer.from('no')),
  )
  for (let stream = 1; stream < 1_001; stream += 2) client.send(post(stream))
  assert.equal(await client.outcome(999), 'no')
  for (let stream = 1; stream < 1_001; stream += 2)
    client.send(data(stream), data(stream, END_STREAM))
  client.send(get(1_001))
  assert.equal(await client.outcome(1_001), 'no')
  assert.equal(asked.length, 501)
  client.send(data(1_001))
  assert.equal(await client.goaway(), 5)
})
