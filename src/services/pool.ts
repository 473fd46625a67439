/** The connections to one target: kept alive, bounded, and never reused when the target may have closed them. */

import { Alarm, type TimerWheel } from '#base/timer-wheel'
import { Fault } from '#sdk/fault'
import { ClientConnection } from '#wire/http1/client-connection'
import type { Address, ConnectionOwner } from '#wire/http1/connection-owner'

export interface PoolLimits {
  /** Connections at once, idle and busy. */
  readonly max: number
  /** Idle connections kept. */
  readonly maxIdle: number
  /** How long one is kept idle when the target does not say. */
  readonly idleMs: number
  /** Calls that wait when all connections are taken. */
  readonly maxWaiting: number
  /** How long one of them waits. */
  readonly maxWaitMs: number
}

export interface PoolEnvironment {
  readonly wheel: TimerWheel
  readonly readBuffer: Buffer
  readonly maxHeadBytes: number
  readonly maxFields: number
  /** Gauges: connections that stand, and those of them that are idle. */
  countConnections(open: number, idle: number): void
}

/** Whoever waits for a connection. */
export interface ConnectionWaiter {
  onConnection(connection: ClientConnection): void
  onNoConnection(fault: Fault): void
}

/** A target that says "timeout=5" may close at five seconds sharp: we stop using the connection this much before. */
const HINT_MARGIN_MS = 1_000
/** Shorter idle times are not believed to be the target's own time limit. */
const MIN_LEARNED_MS = 100
/** After this long without a surprise a learned idle time is doubled. */
const FORGET_MS = 60_000

export class Pool implements ConnectionOwner {
  session: Buffer | undefined = undefined
  readonly wheel: TimerWheel
  readonly readBuffer: Buffer
  readonly maxHeadBytes: number
  readonly maxFields: number
  readonly #address: Address
  readonly #limits: PoolLimits
  readonly #environment: PoolEnvironment
  readonly #idle: ClientConnection[] = [] // the newest last: it is used first, so that the oldest can go
  readonly #waiting: { readonly waiter: ConnectionWaiter; readonly until: number }[] = []
  /** Rings for whoever waits longest. */
  readonly #patience = new Alarm(() => this.#loseWaiting())
  #open = 0
  /** Of those open: they have switched protocols, and count no more among those that calls may have. */
  #switched = 0
  #closed = false
  #learnedIdleMs = Infinity
  #learnedAt = 0

  constructor(address: Address, limits: PoolLimits, environment: PoolEnvironment) {
    this.wheel = environment.wheel
    this.readBuffer = environment.readBuffer
    this.maxHeadBytes = environment.maxHeadBytes
    this.maxFields = environment.maxFields
    this.#address = address
    this.#limits = limits
    this.#environment = environment
  }

  /** Calls under way, those that wait included. */
  get load(): number {
    return this.#open - this.#idle.length + this.#waiting.length
  }

  /** Gives a connection: now, or when one is free. `fresh`: not one that was used before. */
  take(waiter: ConnectionWaiter, fresh: boolean): void {
    if (!fresh) {
      const idle = this.#takeIdle()
      if (idle !== undefined) {
        waiter.onConnection(idle)
        return
      }
    }
    if (this.#hasRoom) waiter.onConnection(this.#connect())
    else if (this.#waiting.length < this.#limits.maxWaiting) this.#wait(waiter)
    else waiter.onNoConnection(new Fault('CONNECTIONS_FULL'))
  }

  /** The waiter does not want one any more. */
  forget(waiter: ConnectionWaiter): void {
    const at = this.#waiting.findIndex((waiting) => waiting.waiter === waiter)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#idle.splice(0)) {
      connection.poolIndex = -1
      this.#environment.countConnections(0, -1)
      connection.destroy()
    }
  }

  onIdle(connection: ClientConnection, hint: string | undefined): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting.waiter.onConnection(connection)
      return
    }
    const idleMs = Math.min(hintedIdleMs(hint) ?? this.#limits.idleMs, this.#knownIdleMs())
    if (this.#closed || this.#idle.length >= this.#limits.maxIdle || idleMs <= 0) {
      connection.destroy()
      return
    }
    connection.idleSince = this.wheel.now()
    connection.poolIndex = this.#idle.length
    this.#idle.push(connection)
    this.#environment.countConnections(0, 1)
    this.wheel.setAt(connection, connection.idleSince + idleMs)
  }

  onClosed(connection: ClientConnection): void {
    this.#open--
    this.#environment.countConnections(-1, 0)
    if (connection.poolIndex >= 0) this.#lostIdle(connection)
    if (connection.link !== undefined) this.#switched--
    this.#serveWaiting()
  }

  onSwitched(): void {
    this.#switched++
    this.#serveWaiting()
  }

  get #hasRoom(): boolean {
    return this.#open - this.#switched < this.#limits.max
  }

  #serveWaiting(): void {
    const waiting = this.#hasRoom ? this.#waiting.shift() : undefined
    waiting?.waiter.onConnection(this.#connect())
  }

  #wait(waiter: ConnectionWaiter): void {
    const until = this.wheel.now() + this.#limits.maxWaitMs
    this.#waiting.push({ waiter, until })
    if (this.#waiting.length === 1) this.wheel.setAt(this.#patience, until)
  }

  #loseWaiting(): void {
    const now = this.wheel.now()
    while (this.#waiting.length > 0 && this.#waiting[0]!.until <= now)
      this.#waiting.shift()!.waiter.onNoConnection(new Fault('CONNECTIONS_FULL'))
    const [first] = this.#waiting
    if (first !== undefined) this.wheel.setAt(this.#patience, first.until)
  }

  #connect(): ClientConnection {
    this.#open++
    this.#environment.countConnections(1, 0)
    return new ClientConnection(this.#address, this)
  }

  #takeIdle(): ClientConnection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined) return undefined
      connection.poolIndex = -1
      this.#environment.countConnections(0, -1)
      // The wheel is coarse; a connection whose time is up must not be used in the last tick.
      if (connection.deadline > this.wheel.now() && connection.isIdle) return connection
      connection.destroy()
    }
  }

  /** An idle connection went away: by its deadline, or because the target closed it, from which we learn. */
  #lostIdle(connection: ClientConnection): void {
    const last = this.#idle.pop()!
    if (last !== connection) {
      // Keeps the order: the list is short, and this is rare.
      this.#idle.splice(connection.poolIndex, 1)
      this.#idle.push(last)
      for (let i = connection.poolIndex; i < this.#idle.length; i++) this.#idle[i]!.poolIndex = i
    }
    connection.poolIndex = -1
    this.#environment.countConnections(0, -1)
    if (!connection.closedByPeer) return
    const idleMs = this.wheel.now() - connection.idleSince
    if (idleMs < MIN_LEARNED_MS) return
    this.#learnedIdleMs = Math.min(this.#knownIdleMs(), idleMs * 0.8)
    this.#learnedAt = this.wheel.now()
  }

  #knownIdleMs(): number {
    if (this.#learnedIdleMs === Infinity) return Infinity
    const now = this.wheel.now()
    while (now - this.#learnedAt > FORGET_MS) {
      this.#learnedAt += FORGET_MS
      this.#learnedIdleMs *= 2
    }
    return this.#learnedIdleMs
  }
}

/** `timeout=5, max=100` → 4000. */
function hintedIdleMs(hint: string | undefined): number | undefined {
  const seconds =
    hint === undefined ? undefined : /(?:^|[,;\s])timeout="?(\d{1,6})/i.exec(hint)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1_000 - HINT_MARGIN_MS
}
