/** What Node's own HTTP parser makes of bytes: strict, on a stream in memory. */

import { createServer, type IncomingMessage, request } from 'node:http'
import { Duplex } from 'node:stream'

/** A message as somebody read it. */
export interface Seen {
  /** Method and target, or status. */
  readonly line: string
  /** name, value, name, value …; names in lower case. */
  readonly fields: readonly string[]
  body: string
  /** Names of the fields after the body. */
  trailers: readonly string[]
  complete: boolean
}

class MemorySocket extends Duplex {
  override _read(): void {}

  override _write(_: unknown, __: string, done: () => void): void {
    done()
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

const taken = new WeakMap<object, Seen[]>()

const server = createServer({ requireHostHeader: false, keepAliveTimeout: 0 }, take)
server.on('checkContinue', take)
server.on('checkExpectation', take)
server.on('clientError', () => {})
server.timeout = 0

function take(message: IncomingMessage): void {
  taken.get(message.socket)?.push(seen(message, `${message.method} ${message.url}`))
}

function seen(message: IncomingMessage, line: string): Seen {
  const fields = message.rawHeaders.map((text, n) => (n % 2 === 0 ? text.toLowerCase() : text))
  const each: Seen = { line, fields, body: '', trailers: [], complete: false }
  message.on('data', (bytes: Buffer) => (each.body += bytes.toString('latin1')))
  message.on('end', () => {
    each.complete = true
    each.trailers = message.rawTrailers
      .filter((_, n) => n % 2 === 0)
      .map((name) => name.toLowerCase())
  })
  message.on('error', () => {})
  return each
}

/** Until whatever was pushed has gone through the streams. */
async function settled(): Promise<void> {
  for (let n = 0; n < 4; n++) await new Promise(setImmediate)
}

/** Every request it accepts, the last of them perhaps not complete. */
export async function requestsSeen(text: string): Promise<readonly Seen[]> {
  const socket = new MemorySocket()
  const messages: Seen[] = []
  taken.set(socket, messages)
  socket.on('error', () => {})
  server.emit('connection', socket)
  socket.push(Buffer.from(text, 'latin1'))
  await settled()
  const result = structuredClone(messages) // as it is before the end
  socket.destroy()
  return result
}

/** The final reply to a request with this method; undefined when it accepts none. `text` ends with the connection. */
export async function replySeen(text: string, method: string): Promise<Seen | undefined> {
  const socket = new MemorySocket()
  let final: Seen | undefined
  const asked = request({ method, createConnection: () => socket })
  asked.on('response', (message) => (final = seen(message, String(message.statusCode))))
  asked.on('error', () => {})
  asked.end()
  await settled()
  socket.push(Buffer.from(text, 'latin1'))
  socket.push(null)
  await settled()
  socket.destroy()
  return final
}
