/** A link over a socket. What is read is given to it by the connection that had the socket until now. */

import type { Socket } from 'node:net'
import { Link, type LinkTaker } from '#sdk/link'

export class SocketLink extends Link {
  readonly #socket: Socket
  #taker: LinkTaker | undefined = undefined
  #told: (() => void) | undefined = undefined
  /** What came before there was a taker. */
  #held: Buffer | undefined
  #isPaused = false
  #hasEnded: boolean
  #isClosed = false

  constructor(socket: Socket, held: Buffer | undefined) {
    super()
    this.#socket = socket
    this.#hasEnded = socket.readableEnded // before it switched
    this.#held = held === undefined || held.length === 0 ? undefined : held
    socket.on('drain', () => this.#taker?.onDrained())
    socket.on('end', () => this.#onEnd())
    socket.on('close', () => this.#onClose())
  }

  /** Returns whether to read on. */
  push(bytes: Buffer): boolean {
    if (this.#taker !== undefined) this.#taker.onBytes(bytes)
    else {
      this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes])
      this.pause()
    }
    return !this.#isPaused
  }

  #onEnd(): void {
    this.#hasEnded = true
    this.#taker?.onEnd()
  }

  #onClose(): void {
    this.#isClosed = true
    this.#told?.()
    this.#taker?.onClosed()
  }

  override open(taker: LinkTaker): void {
    this.#taker = taker
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) taker.onBytes(held)
    if (this.#hasEnded) taker.onEnd()
    if (this.#isClosed) taker.onClosed()
  }

  override write(bytes: Buffer): boolean {
    return this.#socket.writable ? this.#socket.write(bytes) : true
  }

  override pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  override resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  override end(): void {
    this.#socket.end()
  }

  override close(): void {
    this.#socket.destroySoon()
  }

  override destroy(): void {
    this.#socket.destroy()
  }

  override whenClosed(told: () => void): void {
    if (this.#isClosed) told()
    else this.#told = told
  }
}
