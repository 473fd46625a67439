/** A client that says exactly what it is told to, byte for byte, and keeps what it hears. */

import { connect, type Socket } from 'node:net'
import { until } from './until.ts'

export class RawClient {
  readonly socket: Socket
  /** All that was received so far, as latin1 text. */
  received = ''
  /** Whether the other side has ended or cut the connection. */
  ended = false
  /** The error that cut it, such as ECONNRESET. */
  error: string | undefined = undefined

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.on('data', (bytes) => (this.received += bytes.toString('latin1')))
    this.socket.on('end', () => (this.ended = true))
    this.socket.on('close', () => (this.ended = true))
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code))
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** When at least so many replies are there whose heads are complete (1xx not counted). */
  async replies(count = 1): Promise<string> {
    await until(
      () =>
        (this.received.match(/HTTP\/1\.1 [2-5]\d\d [^]*?\r\n\r\n/g) ?? []).length >= count ||
        this.ended,
    )
    return this.received
  }

  async untilEnded(timeoutMs?: number): Promise<string> {
    await until(() => this.ended, timeoutMs)
    return this.received
  }

  async untilReceived(text: string, timeoutMs?: number): Promise<string> {
    await until(() => this.received.includes(text), timeoutMs)
    return this.received
  }

  close(): void {
    this.socket.destroy()
  }
}

/** Sends `text` on a connection of its own; returns all that came until the gateway closed it or `replies` replies were there. */
export async function exchange(port: number, text: string, replies = 1): Promise<string> {
  const client = new RawClient(port).send(text)
  await client.replies(replies)
  // What belongs to the last reply may be on its way still.
  await new Promise((resolve) => void setImmediate(resolve))
  const { received } = client
  client.close()
  return received
}
