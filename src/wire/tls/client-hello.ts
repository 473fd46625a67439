/** The name that a client asks for in its first words (RFC 8446 §4.1.2, RFC 6066 §3), before anyone answers. */

/** A record, and a whole hello: what is longer is no client of ours. */
const MAX_HELLO_BYTES = 16_384

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0

export interface Hello {
  /** Undefined: it asks for none, or this is no hello, as the handshake will tell. */
  readonly name: string | undefined
}

/** Undefined: it has not all come yet. */
export function readHello(bytes: Buffer): Hello | undefined {
  const hello = handshakeIn(bytes)
  if (hello === 'more') return undefined
  try {
    return { name: hello && readServerName(new Reader(hello)) }
  } catch (thrown) {
    if (thrown instanceof RangeError) return { name: undefined }
    throw thrown
  }
}

/** The body of the hello, put together from its records. */
function handshakeIn(bytes: Buffer): Buffer | undefined | 'more' {
  const pieces: Buffer[] = []
  let wanted = 4
  let at = 0
  for (let got = 0; got < wanted;) {
    if (at > MAX_HELLO_BYTES) return undefined
    if (bytes.length > at && bytes[at] !== HANDSHAKE) return undefined
    if (bytes.length < at + 5) return 'more'
    const end = at + 5 + bytes.readUInt16BE(at + 3)
    if (end === at + 5) return undefined
    if (bytes.length < end) return bytes.length > MAX_HELLO_BYTES ? undefined : 'more'
    pieces.push(bytes.subarray(at + 5, end))
    got += end - at - 5
    at = end
    if (wanted > 4 || got < 4) continue
    const head = Buffer.concat(pieces)
    if (head[0] !== CLIENT_HELLO) return undefined
    wanted = 4 + head.readUIntBE(1, 3)
  }
  return Buffer.concat(pieces).subarray(4, wanted)
}

function readServerName(hello: Reader): string | undefined {
  hello.skip(2 + 32) // version, random
  hello.skip(hello.byte()) // session id
  hello.skip(hello.short()) // cipher suites
  hello.skip(hello.byte()) // compression
  const end = hello.short() + hello.at
  while (hello.at < end) {
    const type = hello.short()
    const length = hello.short()
    if (type !== SERVER_NAME) {
      hello.skip(length)
      continue
    }
    hello.skip(2) // of the list
    return hello.byte() === 0 ? hello.text(hello.short()) : undefined
  }
  return undefined
}

/** Fails with RangeError beyond the end. */
class Reader {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  byte(): number {
    return this.#bytes.readUInt8(this.at++)
  }

  short(): number {
    this.at += 2
    return this.#bytes.readUInt16BE(this.at - 2)
  }

  skip(length: number): void {
    this.at += length
  }

  text(length: number): string {
    const from = this.at
    this.at += length
    if (this.at > this.#bytes.length) throw new RangeError('beyond the end')
    return this.#bytes.toString('latin1', from, this.at)
  }
}
