/** How a server leaves an HTTP/2 connection without losing what is on its way to it (RFC 9113 §6.8). */

import { Alarm, type TimerWheel } from '#base/timer-wheel'
import { ErrorCode, MAX_STREAM_ID } from '#wire/http2/frames'
import type { FrameWriter } from '#wire/http2/frame-writer'

/** How long a client has to show that it has heard that it should go. */
const HEARD_MS = 1_000

const PING = Buffer.from('farewell')

export class Farewell {
  readonly #writer: FrameWriter
  readonly #wheel: TimerWheel
  readonly #lastId: () => number
  #alarm: Alarm | undefined = undefined
  #begun = false
  /** What comes from here on is not heard, and the client knows. */
  isFinal = false

  constructor(writer: FrameWriter, wheel: TimerWheel, lastId: () => number) {
    this.#writer = writer
    this.#wheel = wheel
    this.#lastId = lastId
  }

  /** Says that no more should be asked, and takes what is asked until that has arrived. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#writer.goaway(MAX_STREAM_ID, ErrorCode.none, '')
    this.#writer.ping(PING, 0, false)
    this.#alarm = new Alarm(() => this.end())
    this.#wheel.setIn(this.#alarm, HEARD_MS)
  }

  /** A ping came back. */
  heard(payload: Buffer, start: number): void {
    if (this.#begun && payload.compare(PING, 0, 8, start, start + 8) === 0) this.end()
  }

  /** Names the last that was heard. */
  end(): void {
    if (this.isFinal) return
    this.stop()
    this.isFinal = true
    this.#writer.goaway(this.#lastId(), ErrorCode.none, '')
  }

  stop(): void {
    if (this.#alarm !== undefined) this.#wheel.remove(this.#alarm)
  }
}
