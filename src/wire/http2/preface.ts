/** A connection whose client has not said yet which HTTP it speaks: HTTP/2 with prior knowledge begins in words of its own (RFC 9113 §3.4). */

import type { Socket } from 'node:net'
import { Timed } from '#base/timer-wheel'
import type { Connection, ConnectionUser } from '#wire/connection'

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export class UndecidedConnection extends Timed implements Connection {
  readonly requests = 0
  readonly underWay = 0
  readonly unsentBytes = 0
  readonly #socket: Socket
  readonly #user: ConnectionUser
  readonly #decided: (isHttp2: boolean) => void
  #heard: Buffer = Buffer.alloc(0)
  readonly #onReadable = (): void => this.#read()
  readonly #onEnd = (): void => void this.#socket.destroy()
  readonly #onClose = (): void => {
    this.#stop()
    this.#user.onClosed()
  }

  constructor(socket: Socket, user: ConnectionUser, decided: (isHttp2: boolean) => void) {
    super()
    this.#socket = socket
    this.#user = user
    this.#decided = decided
    socket.on('readable', this.#onReadable).on('end', this.#onEnd)
    socket.on('error', this.#onEnd).on('close', this.#onClose)
    user.wheel.setIn(this, user.limits.idleTimeoutMs)
  }

  drain(): void {}

  endIfIdle(): void {
    this.#socket.destroy()
  }

  cut(): void {
    this.#socket.destroy()
  }

  override onDeadline(): void {
    this.#socket.destroy()
  }

  #read(): void {
    const piece = this.#socket.read() as Buffer | null
    if (piece === null) return
    const bytes = this.#heard.length === 0 ? piece : Buffer.concat([this.#heard, piece])
    this.#heard = bytes
    const heard = Math.min(bytes.length, PREFACE.length)
    const isLikeIt = bytes.compare(PREFACE, 0, heard, 0, heard) === 0
    if (isLikeIt && heard < PREFACE.length) return
    this.#stop()
    this.#socket.unshift(bytes)
    this.#decided(isLikeIt)
  }

  #stop(): void {
    this.#user.wheel.remove(this)
    this.#socket.off('readable', this.#onReadable).off('end', this.#onEnd)
    this.#socket.off('error', this.#onEnd).off('close', this.#onClose)
  }
}
