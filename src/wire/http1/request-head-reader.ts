/** Finds where a request's head ends, gives it its time, and says what is wrong with one that has not ended yet. */

import type { Timed } from '#base/timer-wheel'
import type { FaultCode } from '#sdk/fault'
import type { RequestHead } from '#wire/head'
import { parseRequestHead } from '#wire/http1/head'
import { HEAD_END, hasBareLf } from '#wire/http1/scan'
import type { ConnectionUser } from '#wire/connection'

const CR = 0x0d
const LF = 0x0a

export class RequestHeadReader {
  readonly #owner: Timed
  readonly #user: ConnectionUser
  /** How much of the head at hand was looked through in vain. */
  #scanned = 0

  constructor(owner: Timed, user: ConnectionUser) {
    this.#owner = owner
    this.#user = user
  }

  /** Whether part of a head is here; half an empty line is none. */
  get hasBegun(): boolean {
    return this.#scanned > 0
  }

  /** The offset after the head that begins at `at`; -1 when it is not all there yet; or what is wrong with it. */
  find(bytes: Buffer, at: number): number | FaultCode {
    // An empty line before a request is a courtesy to old clients (RFC 9112 §2.2).
    if (this.#scanned === 0 && bytes[at] === CR) {
      if (at + 1 === bytes.length) return -1
      if (bytes[at + 1] === LF) return at + 2
    }
    const { limits, wheel } = this.#user
    const end = bytes.indexOf(HEAD_END, at + Math.max(0, this.#scanned - 3))
    if (end < 0) {
      if (bytes.length - at > limits.headerBytes) return this.#tooLarge(bytes, at)
      if (hasBareLf(bytes, at, at + this.#scanned, bytes.length)) return 'BAD_REQUEST'
      if (this.#scanned === 0) wheel.setIn(this.#owner, limits.headerTimeoutMs)
      this.#scanned = bytes.length - at
      return -1
    }
    this.#scanned = 0
    return end - at > limits.headerBytes ? this.#tooLarge(bytes, at) : end + 4
  }

  /** What `find` found; undefined for an empty line. */
  parse(bytes: Buffer, at: number, end: number): RequestHead | FaultCode | undefined {
    if (end - at === 2) return undefined
    const { limits, trusted } = this.#user
    const text = bytes.toString('latin1', at, end - 2)
    return parseRequestHead(text, limits.targetBytes, limits.fields, trusted)
  }

  #tooLarge(bytes: Buffer, at: number): FaultCode {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1')
    const lineBytes = (lineEnd < 0 ? bytes.length : lineEnd) - at
    return lineBytes > this.#user.limits.targetBytes ? 'TARGET_TOO_LONG' : 'HEADERS_TOO_LARGE'
  }
}
