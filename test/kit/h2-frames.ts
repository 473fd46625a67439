/** A client of HTTP/2 that says exactly what it is told to, frame by frame, and keeps the frames it hears. */

import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { until } from './until.ts'

export const Frame = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export const ACK = 1
export const END_STREAM = 1
export const END_HEADERS = 4
export const PADDED = 8
export const PRIORITY = 32

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

export interface HeardFrame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | string = '',
): Buffer {
  const bytes = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(9)
  head.writeUIntBE(bytes.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, bytes])
}

/** Fields in HPACK, each a literal without index and without Huffman (RFC 7541 §6.2.2): any bytes can be said. */
export function hpack(flat: readonly string[]): Buffer {
  const parts: Buffer[] = []
  for (let i = 0; i < flat.length; i += 2)
    parts.push(Buffer.from([0]), literal(flat[i]!), literal(flat[i + 1]!))
  return Buffer.concat(parts)
}

function literal(text: string): Buffer {
  return Buffer.concat([integer(text.length), Buffer.from(text, 'latin1')])
}

function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  for (value -= 127; value >= 128; value >>= 7) bytes.push((value & 127) | 128)
  return Buffer.from([...bytes, value])
}

export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUInt16BE(id)
  bytes.writeUInt32BE(value, 2)
  return bytes
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** The fields of an ordinary request; each given one in place of its namesake, or behind all. */
export function requestFields(more: readonly string[] = [], method = 'GET', path = '/'): string[] {
  return [':method', method, ':scheme', 'http', ':authority', 'gw.test', ':path', path, ...more]
}

export class FrameClient {
  readonly socket: Socket
  readonly frames: HeardFrame[] = []
  /** In how many pieces they came. */
  pieces = 0
  ended = false
  /** Whether it answers settings and pings, as it must. */
  answers = true
  #held = Buffer.alloc(0)

  /** Says the preface and its settings at once; with `false` the preface alone. */
  constructor(to: number | Duplex, settings: readonly Buffer[] | false = []) {
    this.socket = typeof to === 'number' ? connect({ port: to, host: '127.0.0.1' }) : (to as Socket)
    this.socket.on('data', (bytes: Buffer) => {
      this.pieces++
      this.#hear(bytes)
    })
    this.socket.on('close', () => (this.ended = true))
    this.socket.on('end', () => this.socket.end())
    this.socket.on('error', () => {})
    this.socket.write(PREFACE)
    if (settings !== false) this.send(frame(Frame.settings, 0, 0, Buffer.concat(settings)))
  }

  send(...frames: readonly Buffer[]): this {
    this.socket.write(Buffer.concat(frames))
    return this
  }

  /** A whole request, or its head when a body is to follow. */
  request(stream: number, flat: readonly string[], flags = END_STREAM): this {
    return this.send(frame(Frame.headers, flags | END_HEADERS, stream, hpack(flat)))
  }

  of(type: number, stream: number): HeardFrame[] {
    return this.frames.filter((heard) => heard.type === type && heard.stream === stream)
  }

  /** How a stream ended: `reset CODE`, the body that came whole, or `closed` with the connection. */
  async outcome(stream: number): Promise<string> {
    const isOver = (): boolean =>
      this.ended ||
      this.frames.some(
        ({ type, stream: of, flags }) =>
          of === stream && (type === Frame.reset || (type <= 1 && (flags & END_STREAM) !== 0)),
      )
    await until(isOver)
    const reset = this.of(Frame.reset, stream)[0]
    const body = Buffer.concat(this.of(Frame.data, stream).map(({ payload }) => payload))
    const isWhole = this.frames.some(
      (heard) => heard.stream === stream && heard.type <= 1 && (heard.flags & END_STREAM) !== 0,
    )
    if (isWhole) return body.toString('latin1')
    return reset === undefined ? 'closed' : `reset ${reset.payload.readUInt32BE()}`
  }

  /** The code of the GOAWAY that ended the connection. */
  async goaway(): Promise<number> {
    await until(() => this.ended)
    return this.of(Frame.goaway, 0).at(-1)?.payload.readUInt32BE(4) ?? -1
  }

  #hear(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes])
    while (this.#held.length >= 9) {
      const length = this.#held.readUIntBE(0, 3)
      if (this.#held.length < 9 + length) return
      const [type, flags, stream] = [this.#held[3]!, this.#held[4]!, this.#held.readUInt32BE(5)]
      this.frames.push({ type, flags, stream, payload: this.#held.subarray(9, 9 + length) })
      this.#held = this.#held.subarray(9 + length)
      if (!this.answers || flags !== 0) continue
      if (type === Frame.settings) this.send(frame(Frame.settings, ACK, 0))
      if (type === Frame.ping) this.send(frame(Frame.ping, ACK, 0, this.frames.at(-1)!.payload))
    }
  }
}
