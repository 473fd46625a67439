/** Reads the JSON of a reply as it passes: a whole document, or each event of a stream (SSE). Nothing is held up. */

import type { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import type { Reply } from '#sdk/reply'

/** Told of each document, in order; what is no JSON, or too long, is left out. */
export type OnJson = (document: unknown) => void

/** Lets the reply's body pass by `onJson`. `maxBytes`: of one document. */
export function readJson(reply: Reply, maxBytes: number, onJson: OnJson): void {
  const { body, headers } = reply
  if (typeof body !== 'object' || Buffer.isBuffer(body)) return
  if (headers.has('content-encoding')) return
  const [type = ''] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  if (type.trim() === 'text/event-stream')
    reply.body = new JsonTap(body, new Events(maxBytes, onJson))
  else if (/^application\/(?:[\w.+-]+\+)?json$/.test(type.trim()))
    reply.body = new JsonTap(body, new Document(maxBytes, onJson))
}

interface Reader {
  /** The bytes are its own to look at during the call. */
  take(bytes: Buffer): void
  end(): void
}

class JsonTap implements Body, Sink {
  readonly length: number | undefined
  readonly #body: Body
  readonly #reader: Reader
  #sink: Sink | undefined = undefined

  constructor(body: Body, reader: Reader) {
    this.length = body.length
    this.#body = body
    this.#reader = reader
  }

  start(sink: Sink): void {
    this.#sink = sink
    this.#body.start(this)
  }

  pause(): void {
    this.#body.pause()
  }

  resume(): void {
    this.#body.resume()
  }

  abort(fault: Fault): void {
    this.#body.abort(fault)
  }

  chunk(bytes: Buffer): void {
    this.#reader.take(bytes)
    this.#sink!.chunk(bytes)
  }

  end(trailers?: HeaderList): void {
    this.#reader.end()
    this.#sink!.end(trailers)
  }

  fail(fault: Fault): void {
    this.#sink!.fail(fault)
  }
}

class Document implements Reader {
  readonly #maxBytes: number
  readonly #onJson: OnJson
  readonly #pieces: Buffer[] = []
  #bytes = 0

  constructor(maxBytes: number, onJson: OnJson) {
    this.#maxBytes = maxBytes
    this.#onJson = onJson
  }

  take(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes <= this.#maxBytes) this.#pieces.push(Buffer.from(bytes))
    else this.#pieces.length = 0
  }

  end(): void {
    if (this.#bytes <= this.#maxBytes)
      tell(Buffer.concat(this.#pieces).toString('utf8'), this.#onJson)
  }
}

/** Server-sent events (HTML §9.2.6): the `data` lines of each, joined. */
class Events implements Reader {
  readonly #maxBytes: number
  readonly #onJson: OnJson
  #line = ''
  #data: string | undefined = undefined

  constructor(maxBytes: number, onJson: OnJson) {
    this.#maxBytes = maxBytes
    this.#onJson = onJson
  }

  /** Lines are split on bytes of ASCII, so that no character is torn. */
  take(bytes: Buffer): void {
    const lines = (this.#line + bytes.toString('latin1')).split(/\r\n|\n|\r(?!$)/)
    this.#line = lines.pop()!.slice(0, this.#maxBytes)
    for (const line of lines) this.#take(line)
  }

  end(): void {
    this.#take(this.#line)
    this.#take('')
  }

  #take(line: string): void {
    if (line === '' || line === '\r') {
      if (this.#data !== undefined)
        tell(Buffer.from(this.#data, 'latin1').toString('utf8'), this.#onJson)
      this.#data = undefined
    } else if (line.startsWith('data:')) {
      const data = line.slice(line[5] === ' ' ? 6 : 5)
      const joined = this.#data === undefined ? data : `${this.#data}\n${data}`
      this.#data = joined.slice(0, this.#maxBytes)
    }
  }
}

function tell(text: string, onJson: OnJson): void {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return // "[DONE]", and whatever else is none
  }
  onJson(document)
}
