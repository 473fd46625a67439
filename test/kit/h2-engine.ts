/** The HTTP/2 engine alone, between two ends of a pipe: what it asks of its user, the test answers. */

import type { Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { FakeClock } from '../../src/base/clock.ts'
import { TimerWheel } from '../../src/base/timer-wheel.ts'
import type { Body, Sink } from '../../src/sdk/body.ts'
import type { Fault } from '../../src/sdk/fault.ts'
import type { ConnectionLimits, ConnectionUser, Served } from '../../src/wire/connection.ts'
import type { RequestHead } from '../../src/wire/head.ts'
import type { RequestBody } from '../../src/wire/request-body.ts'
import { ServerSession } from '../../src/wire/http2/server-session.ts'
import type { ReplyChannel, ReplyStart } from '../../src/wire/reply-channel.ts'
import { FrameClient } from './h2-frames.ts'

export const LIMITS: ConnectionLimits = {
  headerBytes: 32_768,
  targetBytes: 8_192,
  fields: 100,
  headerTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  bodyTimeoutMs: 30_000,
  streams: 100,
}

/** One request, as the engine's user sees it. */
export interface Asked {
  readonly channel: ReplyChannel
  readonly head: RequestHead | undefined
  readonly body: RequestBody | undefined
  /** How often it was told that it is over: once. */
  finished: number
  complete: boolean
  gone: Fault | undefined
}

export interface Engine {
  readonly session: ServerSession
  readonly client: FrameClient
  readonly clock: FakeClock
  readonly asked: readonly Asked[]
  /** Lets so much time pass. */
  readonly pass: (ms: number) => void
  readonly isClosed: () => boolean
}

export function startEngine(
  settings?: readonly Buffer[] | false,
  limits: Partial<ConnectionLimits> = {},
  onRequest: (asked: Asked) => void = () => {},
): Engine {
  const [near, far] = duplexPair()
  const clock = new FakeClock()
  const wheel = new TimerWheel(clock, 100)
  const asked: Asked[] = []
  let closed = false
  const serve = (
    channel: ReplyChannel,
    head: RequestHead | undefined,
    body: RequestBody | undefined,
  ): Served => {
    const one: Asked = { channel, head, body, finished: 0, complete: false, gone: undefined }
    asked.push(one)
    return {
      begin: () => onRequest(one),
      clientGone: (fault) => (one.gone = fault),
      endMeansGone: () => true,
      finished(complete) {
        one.finished++
        one.complete = complete
      },
    }
  }
  const user: ConnectionUser = {
    limits: { ...LIMITS, ...limits },
    wheel,
    trusted: false,
    request: serve,
    refusal: (channel, _fault, head) => serve(channel, head, undefined),
    onClosed: () => (closed = true),
  }
  const session = new ServerSession(near as Socket, user, 'http')
  return {
    session,
    client: new FrameClient(far, settings),
    clock,
    asked,
    pass(ms) {
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(100)
        wheel.turn()
      }
    },
    isClosed: () => closed,
  }
}

export const start = (status = 200, ...fields: string[]): ReplyStart => ({
  status,
  fields,
  date: 'Mon, 21 Oct 2013 20:13:21 GMT',
  requestId: '0123456789abcdef0123456789abcdef',
})

/** The body of a reply, pushed by the test. */
export class PushedBody implements Body {
  readonly length: number | undefined
  sink: Sink | undefined = undefined
  isPaused = false
  aborted: Fault | undefined = undefined

  constructor(length?: number) {
    this.length = length
  }

  start(sink: Sink): void {
    this.sink = sink
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  abort(fault: Fault): void {
    this.aborted = fault
  }
}

/** Takes the body of a request, and can be full. */
export class Taker implements Sink {
  bytes = 0
  ended = false
  failed: Fault | undefined = undefined

  chunk(bytes: Buffer): void {
    this.bytes += bytes.length
  }

  end(): void {
    this.ended = true
  }

  fail(fault: Fault): void {
    this.failed = fault
  }
}
