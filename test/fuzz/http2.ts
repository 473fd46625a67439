/** Conversations in HTTP/2, right and wrong, made from a seed; and what must hold of each whatever was said. */

import { HeaderDecoder } from '../../src/wire/http2/hpack/decoder.ts'
import { type Asked, type Engine, PushedBody, start, startEngine, Taker } from '../kit/h2-engine.ts'
import {
  ACK,
  END_STREAM,
  frame,
  Frame,
  hpack,
  requestFields,
  setting,
  uint32,
} from '../kit/h2-frames.ts'
import {
  data,
  get,
  headers,
  many,
  more,
  pieces,
  ping,
  post,
  preferred,
  reset,
  settings,
  widen,
} from '../kit/h2-moves.ts'
import { until } from '../kit/until.ts'
import { Random } from './random.ts'

/** What a client that keeps to the rules knows of its streams. */
interface Streams {
  last: number
  /** Those it has not ended. */
  readonly open: number[]
}

type Move = (random: Random, streams: Streams) => Buffer

const text = (random: Random, most: number): string => 'x'.repeat(random.below(most))
const next = (streams: Streams): number => (streams.last += 2)
const begun = (random: Random, { last }: Streams): number => Math.max(1, last - 2 * random.below(8))

function openOne(streams: Streams, fields: string[] = []): Buffer {
  streams.open.push(next(streams))
  return post(streams.last, fields)
}

/** Something more on a stream that is open, or a stream to say it on. */
function onOpen(
  random: Random,
  streams: Streams,
  say: (stream: number) => Buffer,
  ends: boolean,
): Buffer {
  if (streams.open.length === 0) return openOne(streams)
  const at = random.below(streams.open.length)
  const stream = streams.open[at]!
  if (ends) streams.open.splice(at, 1)
  return say(stream)
}

/** What a client may say. Of lengths and windows it may still say too much. */
const sound: readonly Move[] = [
  (_, streams) => get(next(streams)),
  (_, streams) => openOne(streams),
  (random, streams) => openOne(streams, ['content-length', String(random.below(4) * 100)]),
  (random, streams) =>
    onOpen(random, streams, (stream) => data(stream, 0, text(random, 400)), false),
  (random, streams) =>
    onOpen(random, streams, (stream) => data(stream, 1, text(random, 400)), true),
  (random, streams) => onOpen(random, streams, (stream) => data(stream, 1, 'x'.repeat(100)), true),
  (random, streams) =>
    onOpen(random, streams, (stream) => headers(5, stream, hpack(['x-a', 'b'])), true),
  (random, streams) => onOpen(random, streams, (stream) => reset(stream), true),
  (_, streams) => Buffer.concat(pieces(next(streams))),
  (_, streams) => headers(0x25, next(streams), preferred(hpack(requestFields()))),
  (random, streams) =>
    widen(random.oneIn(2) ? 0 : begun(random, streams), 1 + random.below(70_000)),
  (random) => settings(setting(random.pick([1, 3, 4, 6, 99]), random.below(70_000))),
  () => ping(),
  () => frame(Frame.settings, ACK, 0),
  () => Buffer.concat(many(3, frame(99, 0, 0, 'abc'))),
]

/** What makes no sense, or none there. */
const odd: readonly Move[] = [
  (random) => frame(random.below(11), random.below(256), random.below(12), text(random, 40)),
  (random, streams) =>
    frame(
      random.below(11),
      random.below(256),
      begun(random, streams),
      uint32(random.below(2 ** 31)),
    ),
  (random, streams) => headers(random.below(64), begun(random, streams), bytes(random, 60)),
  (random, streams) => more(begun(random, streams), random.below(8), bytes(random, 30)),
  (random) => bytes(random, 50),
  (random, streams) => data(begun(random, streams), 8 + random.below(2), bytes(random, 300)),
  (random) => settings(setting(random.below(10), random.below(2 ** 31) * 2)),
  () => frame(Frame.goaway, 0, 0, Buffer.alloc(8)),
]

function bytes(random: Random, most: number): Buffer {
  return Buffer.from(random.some(most, () => random.below(256)))
}

export interface Told {
  /** What must not be; undefined when all is well. */
  readonly wrong: string | undefined
  readonly asked: number
  readonly answered: number
  readonly wasBroken: boolean
}

export async function converse(seed: number): Promise<Told> {
  const random = new Random(seed)
  const bodies: PushedBody[] = []
  const engine = startEngine([setting(4, random.below(70_000))], { streams: 20 }, (asked) =>
    answer(asked, random, bodies),
  )
  const { client, asked } = engine
  const isSound = random.oneIn(3)
  const streams: Streams = { last: -1, open: [] }
  for (let left = 5 + random.below(60); left > 0 && !client.ended; left--) {
    const said = random.pick(isSound || !random.oneIn(12) ? sound : odd)(random, streams)
    if (!isSound && random.oneIn(40)) said[random.below(said.length)]! ^= 1 << random.below(8)
    const cut = random.below(said.length)
    client.send(said.subarray(0, cut))
    if (random.oneIn(3)) await turn()
    client.send(said.subarray(cut))
    if (random.oneIn(3)) push(bodies, random)
    if (random.oneIn(4)) await turn()
    if (random.oneIn(60)) engine.pass(random.below(3_000))
    if (random.oneIn(80)) engine.session.drain()
  }
  await turn()
  const answered = client.frames.filter(isEnd).length
  client.socket.destroy()
  await until(engine.isClosed)
  const wasBroken = client.of(Frame.goaway, 0).some(({ payload }) => payload.readUInt32BE(4) > 0)
  return { wrong: wrongOf(engine), asked: asked.length, answered, wasBroken }
}

function answer(asked: Asked, random: Random, bodies: PushedBody[]): void {
  const { channel, body } = asked
  const taker = new Taker()
  if (!random.oneIn(4)) body?.start(taker)
  if (body !== undefined && random.oneIn(5)) body.pause()
  const kind = random.below(6)
  if (kind === 0) channel.informational(103, ['link', '</a>'])
  if (kind <= 2) channel.send(start(200, 'server', 'x'), Buffer.alloc(random.below(40_000)))
  else if (kind === 3) channel.sendHead(start(304), undefined)
  else if (kind === 4) {
    const pushed = new PushedBody(random.oneIn(2) ? 1_000 : undefined)
    bodies.push(pushed)
    channel.stream(start(200, 'content-type', 'text/plain'), pushed)
  } // else it is never answered
}

function push(bodies: readonly PushedBody[], random: Random): void {
  for (const body of bodies) {
    if (body.aborted !== undefined || body.isPaused) continue
    if (random.oneIn(4)) body.sink!.end()
    else body.sink!.chunk(Buffer.alloc(random.below(600)))
  }
}

/** The gateway's own words must be sound, whatever it was told; and each request is over once. */
function wrongOf({ client, asked, session }: Engine): string | undefined {
  const decoder = new HeaderDecoder(1e6, 1e6)
  const ended = new Set<number>()
  for (const { type, flags, stream, payload } of client.frames) {
    if (payload.length > 16_384) return 'a frame that is too large'
    if (type <= Frame.headers && ended.has(stream)) return `more of stream ${stream} after its end`
    if (type === Frame.headers) {
      const flat: string[] = []
      if (decoder.decode(payload, 0, payload.length, flat) !== 'whole')
        return 'a block that is none'
    }
    if ((type <= Frame.headers && (flags & END_STREAM) !== 0) || type === Frame.reset)
      ended.add(stream)
  }
  const wrong = asked.findIndex(({ finished }) => finished !== 1)
  if (wrong >= 0) return `request ${wrong} ended ${asked[wrong]!.finished} times`
  return session.underWay === 0 ? undefined : `${session.underWay} streams are left`
}

function isEnd({ type, flags }: { type: number; flags: number }): boolean {
  return type <= Frame.headers && (flags & END_STREAM) !== 0
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
