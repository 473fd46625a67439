/** What has come on a client's connection: offered to whoever reads now, and held until it is taken. */

import type { Socket } from 'node:net'

export interface InboxOwner {
  /** Whether what comes now is pipelined behind a request that is being served. */
  readonly owesReply: boolean
  /** Returns the offset after what it took, or -1 when it can take nothing now. */
  take(bytes: Buffer, at: number): number
}

/** Bytes of pipelined requests held while a reply is owed; beyond it the connection is not read. */
const MAX_PIPELINED_BYTES = 65_536

export class Inbox {
  readonly #owner: InboxOwner
  readonly #socket: Socket
  #held: Buffer | undefined = undefined
  #offering = false
  #closed = false

  constructor(owner: InboxOwner, socket: Socket) {
    this.#owner = owner
    this.#socket = socket
  }

  /** Whether all that came was taken. */
  get isEmpty(): boolean {
    return this.#held === undefined
  }

  push(bytes: Buffer): void {
    if (this.#closed) return
    const held = this.#held
    if (held !== undefined) {
      bytes = Buffer.concat([held, bytes])
      this.#held = undefined
    }
    this.#offer(bytes)
  }

  /** Offers what is held, unless it is just being offered. */
  offerHeld(): void {
    if (this.#offering || this.#held === undefined) return
    const held = this.#held
    this.#held = undefined
    this.#offer(held)
  }

  /** The reply is out: offers what was pipelined behind it. */
  offerNext(): void {
    // Not from within the call that ended the reply: the connection to the service is to be free again first.
    if (!this.#offering) process.nextTick(readOn, this)
  }

  /** For `offerNext` alone. */
  readOn(): void {
    if (this.#closed || this.#owner.owesReply) return
    this.offerHeld()
    if (this.#held === undefined || this.#held.length <= MAX_PIPELINED_BYTES) this.#socket.resume()
  }

  /** What comes from here on is another's; returns what came and was not taken. */
  release(): Buffer | undefined {
    const held = this.#held
    this.close()
    return held
  }

  /** Nothing that came or comes is of interest any more. */
  close(): void {
    this.#closed = true
    this.#held = undefined
  }

  #offer(bytes: Buffer): void {
    this.#offering = true
    let at = 0
    while (at < bytes.length) {
      const took = this.#owner.take(bytes, at)
      if (took < 0) break
      at = took
    }
    this.#offering = false
    if (at < bytes.length && !this.#closed) this.#hold(at === 0 ? bytes : bytes.subarray(at))
  }

  #hold(bytes: Buffer): void {
    this.#held = bytes
    if (this.#owner.owesReply && bytes.length > MAX_PIPELINED_BYTES) this.#socket.pause()
  }
}

function readOn(inbox: Inbox): void {
  inbox.readOn()
}
