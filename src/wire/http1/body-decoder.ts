/** Body bytes out of a connection's bytes, by their framing (RFC 9112 §6 and §7). Holds no body bytes itself. */

import type { HeaderList } from '#http/header-list'
import type { FaultCode } from '#sdk/fault'
import type { Sink } from '#sdk/body'
import { type BodyFraming, Framing } from '#wire/framing'
import { parseTrailers } from '#wire/http1/head'

const CR = 0x0d
const LF = 0x0a
const SEMICOLON = 0x3b

/** Sizes beyond this many hex digits are refused: 12 digits are 256 TiB, exact as a number. */
const MAX_SIZE_DIGITS = 12
/** Chunk extensions mean nothing to anyone and cost every reader: this much of them per chunk, no more. */
const MAX_EXTENSION_BYTES = 256
/** `;name`, `;name=token` or `;name="text"`, without white space: hops differ on where it may stand (RFC 9112 §7.1.1). */
const EXTENSIONS =
  /^(?:;[\w!#$%&'*+\-.^`|~]+(?:=(?:[\w!#$%&'*+\-.^`|~]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)+$/
/** Of all chunks of one body together: a byte of data in each chunk, with an extension beside it, is an attack. */
const MAX_EXTENSIONS_BYTES = 16_384
const MAX_TRAILER_FIELDS = 64

const State = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailers: 6,
  done: 7,
} as const

export class BodyDecoder {
  #framing: BodyFraming = Framing.none
  #state: number = State.done
  #remaining = 0
  #digits = 0
  /** Of the chunk at hand. */
  #extension = ''
  #extensionBytes = 0
  #trailers = ''
  readonly #maxTrailerBytes: number

  constructor(maxTrailerBytes: number) {
    this.#maxTrailerBytes = maxTrailerBytes
  }

  begin(framing: BodyFraming): void {
    this.#framing = framing
    this.#digits = 0
    this.#extension = ''
    this.#extensionBytes = 0
    this.#trailers = ''
    this.#remaining = framing > 0 ? framing : 0
    if (framing === Framing.none || framing === 0) this.#state = State.done
    else this.#state = framing === Framing.chunked ? State.size : State.data
  }

  get framing(): BodyFraming {
    return this.#framing
  }

  get done(): boolean {
    return this.#state === State.done
  }

  /**
   * Pushes what `bytes[at, end)` holds of the body. Returns the offset after what it took (when the body ends before
   * `end`, the rest belongs to the next message), or the fault of a malformed body.
   * Calls `sink.end` when the body is whole.
   */
  feed(bytes: Buffer, at: number, end: number, sink: Sink): number | FaultCode {
    if (this.#framing === Framing.chunked) return this.#feedChunked(bytes, at, end, sink)
    if (this.#framing === Framing.untilClose) {
      push(bytes, at, end, sink)
      return end
    }
    if (this.#state === State.done) return at
    const take = Math.min(this.#remaining, end - at)
    this.#remaining -= take
    const whole = this.#remaining === 0
    if (whole) this.#state = State.done
    push(bytes, at, at + take, sink)
    if (whole) sink.end()
    return at + take
  }

  #feedChunked(bytes: Buffer, at: number, end: number, sink: Sink): number | FaultCode {
    while (at < end) {
      switch (this.#state) {
        case State.size: {
          const digit = hexDigit(bytes[at]!)
          if (digit >= 0) {
            if (++this.#digits > MAX_SIZE_DIGITS) return 'BAD_BODY'
            this.#remaining = this.#remaining * 16 + digit
          } else if (this.#digits === 0) return 'BAD_BODY'
          else if (bytes[at] === CR) this.#state = State.sizeLf
          else if (bytes[at] === SEMICOLON) {
            this.#state = State.extension
            break
          } else return 'BAD_BODY'
          at++
          break
        }
        case State.extension: {
          const byte = bytes[at++]!
          if (byte === LF) return 'BAD_BODY' // a line that ends so would go on for us
          if (byte !== CR) {
            this.#extension += String.fromCharCode(byte)
            if (this.#extension.length > MAX_EXTENSION_BYTES) return 'BAD_BODY'
            break
          }
          this.#extensionBytes += this.#extension.length
          if (this.#extensionBytes > MAX_EXTENSIONS_BYTES) return 'BAD_BODY'
          if (!EXTENSIONS.test(this.#extension)) return 'BAD_BODY'
          this.#extension = ''
          this.#state = State.sizeLf
          break
        }
        case State.sizeLf:
          if (bytes[at++] !== LF) return 'BAD_BODY'
          this.#digits = 0
          this.#state = this.#remaining === 0 ? State.trailers : State.data
          break
        case State.data: {
          const take = Math.min(this.#remaining, end - at)
          this.#remaining -= take
          if (this.#remaining === 0) this.#state = State.dataCr
          push(bytes, at, at + take, sink)
          at += take
          break
        }
        case State.dataCr:
          if (bytes[at++] !== CR) return 'BAD_BODY'
          this.#state = State.dataLf
          break
        case State.dataLf:
          if (bytes[at++] !== LF) return 'BAD_BODY'
          this.#state = State.size
          break
        case State.trailers: {
          const took = this.#feedTrailers(bytes, at, end, sink)
          if (typeof took === 'string') return took
          at = took
          break
        }
        default:
          return at
      }
    }
    return at
  }

  #feedTrailers(bytes: Buffer, at: number, end: number, sink: Sink): number | FaultCode {
    const before = this.#trailers.length
    const room = this.#maxTrailerBytes + 4 - before
    const text = this.#trailers + bytes.toString('latin1', at, Math.min(end, at + room))
    const last = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n', Math.max(0, before - 3))
    if (last < 0) {
      // As many as may still turn out to be its end, so that it does not matter in what pieces it comes.
      if (text.length > this.#maxTrailerBytes + 3) return 'BAD_BODY'
      if (hasBareLf(text, before)) return 'BAD_BODY'
      this.#trailers = text
      return end
    }
    const took = at + (last === 0 ? 2 : last + 4) - before
    const trailers =
      last === 0 ? undefined : parseTrailers(text.slice(0, last + 2), MAX_TRAILER_FIELDS)
    if (typeof trailers === 'string') return trailers
    this.#state = State.done
    endWith(sink, trailers)
    return took
  }
}

function endWith(sink: Sink, trailers: HeaderList | undefined): void {
  if (trailers === undefined || trailers.flat.length === 0) sink.end()
  else sink.end(trailers)
}

function push(bytes: Buffer, at: number, end: number, sink: Sink): void {
  if (end === at) return
  sink.chunk(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
}

/** A line that ends in LF alone would never be recognised as ended: refuse it now instead of waiting for it. */
function hasBareLf(text: string, from: number): boolean {
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] !== '\r') return true
  }
  return false
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57
  return -1
}
