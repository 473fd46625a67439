/** Reads the body of one request from its stream, for whoever wants it and as fast as it is taken. */

import { Timed, type TimerWheel } from '#base/timer-wheel'
import type { HeaderList } from '#http/header-list'
import { Fault } from '#sdk/fault'
import { type BodySource, MIN_BODY_BYTES, RequestBody } from '#wire/request-body'
import { INITIAL_WINDOW } from '#wire/http2/frames'
import { ReceiveWindow } from '#wire/http2/receive-window'
import type { ReplyChannel } from '#wire/reply-channel'

const NO_FIELDS: readonly string[] = []
const NOTHING = Buffer.alloc(0)
const MIN_HELD_BYTES = 1_024

/** The stream whose body it is. */
export interface ReaderOwner extends ReplyChannel {
  /** The client may send so much more. */
  widen(by: number): void
}

export class RequestReader extends Timed implements BodySource {
  readonly body: RequestBody
  readonly #owner: ReaderOwner
  readonly #wheel: TimerWheel
  readonly #window = new ReceiveWindow(INITIAL_WINDOW)
  #continueOwed: boolean
  /** Of what has come, before it is given. */
  #received = 0
  #bytesInTime = 0
  /** What came before it was wanted, in one piece: never more than the window, however small the frames were. */
  #held: Buffer = NOTHING
  #heldBytes = 0
  /** All has come. */
  #whole = false
  #trailers: HeaderList | undefined = undefined
  #over = false

  /** `length`: as Content-Length says. */
  constructor(
    owner: ReaderOwner,
    wheel: TimerWheel,
    length: number | undefined,
    expectsContinue: boolean,
  ) {
    super()
    this.#owner = owner
    this.#wheel = wheel
    this.body = new RequestBody(this, length)
    this.#continueOwed = expectsContinue
  }

  /** A DATA frame begins. False when it is more than the window allows. */
  mayCome(bytes: number): boolean {
    return this.#window.arrived(bytes)
  }

  /** False when it is more than was said. */
  take(bytes: Buffer): boolean {
    this.#received += bytes.length
    const { body } = this
    if (body.length !== undefined && this.#received > body.length) return false
    if (this.#over) return true
    if (!body.started || body.paused || this.#heldBytes > 0) this.#hold(bytes)
    else this.#give(bytes)
    return true
  }

  /** Of a frame: it is taken as it comes. */
  skipPadding(bytes: number): void {
    if (bytes > 0) this.#taken(bytes)
  }

  /** The client has no more to say. False when it is less than was said. */
  end(trailers: HeaderList | undefined): boolean {
    this.#whole = true
    this.#trailers = trailers
    const { length } = this.body
    if (length !== undefined && length !== this.#received) return false
    if (this.body.started && this.#heldBytes === 0) this.#end()
    return true
  }

  fail(fault: Fault): void {
    if (this.#finish()) this.body.fail(fault)
  }

  override onDeadline(): void {
    this.fail(new Fault('BODY_TIMEOUT'))
  }

  // ---- for RequestBody

  bodyStarted(): void {
    if (this.#over) return
    if (this.#continueOwed) this.#owner.informational(100, NO_FIELDS)
    this.#continueOwed = false
    this.#giveHeld()
  }

  /** Who takes the body is full. A client that waits for us has no deadline. */
  bodyPaused(): void {
    this.#wheel.setAt(this, Infinity)
  }

  bodyResumed(): void {
    if (!this.#over) this.#giveHeld()
  }

  /** Nobody wants the rest: the client has no more to send than its window. */
  bodyAborted(): void {
    this.#finish()
  }

  // ---- giving

  #hold(bytes: Buffer): void {
    const needed = this.#heldBytes + bytes.length
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(
        Math.max(MIN_HELD_BYTES, Math.min(INITIAL_WINDOW, 2 * needed)),
      )
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    bytes.copy(this.#held, this.#heldBytes)
    this.#heldBytes = needed
  }

  #giveHeld(): void {
    if (this.#heldBytes > 0) {
      const bytes = this.#held.subarray(0, this.#heldBytes)
      this.#held = NOTHING
      this.#heldBytes = 0
      this.#give(bytes)
    }
    if (this.#over || this.body.paused) return
    if (this.#whole) this.#end()
    else this.#await()
  }

  #give(bytes: Buffer): void {
    this.body.chunk(bytes)
    if (this.#over) return
    this.#taken(bytes.length)
    if (this.body.paused || this.#whole) return
    this.#bytesInTime += bytes.length
    if (this.#bytesInTime >= MIN_BODY_BYTES) this.#await()
  }

  #taken(bytes: number): void {
    const increment = this.#window.taken(bytes)
    if (increment > 0 && !this.#whole) this.#owner.widen(increment)
  }

  #end(): void {
    if (this.#finish()) this.body.end(this.#trailers)
  }

  /** Gives the client its time for the next piece. */
  #await(): void {
    this.#bytesInTime = 0
    this.#wheel.setIn(this, this.#owner.bodyTimeoutMs)
  }

  #finish(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#held = NOTHING
    this.#heldBytes = 0
    this.#wheel.remove(this)
    return true
  }
}
