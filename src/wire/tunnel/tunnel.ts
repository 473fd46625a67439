/** A client and a service that have switched to WebSocket: bytes both ways, until either leaves or their time is up. */

import { randomBytes } from 'node:crypto'
import { Timed, type TimerWheel } from '#base/timer-wheel'
import { Fault, type FaultCode } from '#sdk/fault'
import type { TunnelTimes } from '#sdk/exchange'
import type { Link } from '#sdk/link'
import { Lane, type LaneOwner } from '#wire/tunnel/lane'

/** Whoever keeps account of tunnels. */
export interface TunnelOwner {
  moved(bytesIn: number, bytesOut: number): void
  /** `fault`: what broke it off; undefined when the two parted by themselves. */
  ended(tunnel: Tunnel, fault: Fault | undefined): void
}

/** How long both sides have to say goodbye. */
const GRACE_MS = 500

/** Close, 1001 "going away" (RFC 6455 §7.4.1). */
const GOING_AWAY = Buffer.of(0x88, 0x02, 0x03, 0xe9)

export class Tunnel extends Timed implements LaneOwner {
  /** Where it stands in its owner's list. */
  index = 0
  readonly startedAt: number
  readonly #in: Lane
  readonly #out: Lane
  readonly #idleMs: number
  readonly #maxMs: number
  readonly #wheel: TimerWheel
  readonly #owner: TunnelOwner
  #isClosing = false
  #isOver = false
  #fault: Fault | undefined = undefined

  constructor(
    client: Link,
    service: Link,
    times: TunnelTimes,
    wheel: TimerWheel,
    owner: TunnelOwner,
  ) {
    super()
    this.#idleMs = times.idle || Infinity
    this.#maxMs = times.maxDuration || Infinity
    this.#wheel = wheel
    this.#owner = owner
    this.startedAt = wheel.now()
    this.#in = new Lane(client, service, this)
    this.#out = new Lane(service, client, this)
  }

  /** From clients to services, and back. */
  get bytesIn(): number {
    return this.#in.bytes
  }

  get bytesOut(): number {
    return this.#out.bytes
  }

  begin(): void {
    this.#touch()
    this.#in.from.open(this.#in)
    this.#out.from.open(this.#out)
    this.#in.from.resume()
    this.#out.from.resume()
  }

  /** Ends it in good order: Close frames to both sides, at the end of a frame, and a moment to answer them. */
  close(fault: Fault): void {
    if (this.#isClosing) return
    this.#fault ??= fault
    this.#beginEnd()
    this.#out.sayClose(GOING_AWAY)
    this.#in.sayClose(masked(GOING_AWAY))
    this.onClose()
  }

  /** Ends it now. */
  cut(fault: Fault): void {
    this.#fault ??= fault
    this.#end()
  }

  // ---- LaneOwner

  onMoved(lane: Lane, bytes: number): void {
    if (!this.#isClosing) this.#touch()
    if (lane === this.#in) this.#owner.moved(bytes, 0)
    else this.#owner.moved(0, bytes)
  }

  onClose(): void {
    // Who was told that it is over, and says so too, has nothing more to say or to hear (RFC 6455 §7.1.1).
    if (this.#in.sawClose && this.#out.saidClose) this.#in.from.close()
    if (this.#out.sawClose && this.#in.saidClose) this.#out.from.close()
  }

  onEnd(lane: Lane): void {
    if (!this.#hasSaidClose) this.#broke(lane, 'ended without a Close frame')
    lane.to.end()
  }

  onClosed(lane: Lane): void {
    if (this.#isOver) return
    if (!lane.hasEnded && !this.#hasSaidClose) this.#broke(lane, 'broke the connection off')
    if (this.#in.isClosed && this.#out.isClosed) this.#end()
    else {
      lane.to.close() // what it was sent is still to reach it
      this.#beginEnd()
    }
  }

  override onDeadline(): void {
    if (this.#isClosing) this.#end()
    else {
      const isOld = this.#wheel.now() - this.startedAt >= this.#maxMs
      this.close(new Fault(isOld ? 'TOTAL_TIMEOUT' : 'IDLE_TIMEOUT'))
    }
  }

  get #hasSaidClose(): boolean {
    return this.#in.sawClose || this.#out.sawClose
  }

  #broke(lane: Lane, how: string): void {
    const code: FaultCode = lane === this.#in ? 'CLIENT_GONE' : 'SERVICE_RESET'
    this.#fault ??= new Fault(code, `the ${lane === this.#in ? 'client' : 'service'} ${how}`)
  }

  #touch(): void {
    const now = this.#wheel.now()
    this.#wheel.setAt(this, Math.min(now + this.#idleMs, this.startedAt + this.#maxMs))
  }

  #beginEnd(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#wheel.setIn(this, GRACE_MS)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#wheel.remove(this)
    this.#in.from.destroy()
    this.#out.from.destroy()
    this.#owner.ended(this, this.#fault)
  }
}

/** As a client must send it (RFC 6455 §5.3). */
function masked(frame: Buffer): Buffer {
  const mask = randomBytes(4)
  const payload = frame.subarray(2).map((byte, at) => byte ^ mask[at % 4]!)
  return Buffer.concat([Buffer.of(frame[0]!, frame[1]! | 0x80), mask, payload])
}
