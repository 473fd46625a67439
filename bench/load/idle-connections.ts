/** Clients that have asked once, got their answer, and now stay connected without a word. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Few at a time, so that the gateway needs no more backend connections than it had before. */
const AT_ONCE = 32
/** One source address has some 28,000 ports; all of 127.0.0.0/8 is this machine. */
const PER_ADDRESS = 20_000

export class IdleConnections {
  readonly #url: URL
  readonly #replyBytes: number
  readonly #sockets: Socket[] = []
  #closed = 0

  constructor(url: string, replyBytes: number) {
    this.#url = new URL(url)
    this.#replyBytes = replyBytes
  }

  get open(): number {
    return this.#sockets.length - this.#closed
  }

  async grow(connections: number): Promise<void> {
    while (this.#sockets.length < connections) {
      const more = Math.min(AT_ONCE, connections - this.#sockets.length)
      await Promise.all(Array.from({ length: more }, () => this.#ask()))
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #ask(): Promise<void> {
    const { hostname, port, pathname } = this.#url
    const localAddress = `127.0.0.${1 + Math.floor(this.#sockets.length / PER_ADDRESS)}`
    const socket = connect({ host: hostname, port: Number(port), localAddress })
    this.#sockets.push(socket)
    await once(socket, 'connect')
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    let text = ''
    while (text.length - (text.indexOf('\r\n\r\n') + 4) < this.#replyBytes) {
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      text += bytes.toString('latin1')
      if (!text.startsWith('HTTP/1.1 200 ')) throw new Error(`answered: ${text.slice(0, 40)}`)
    }
    socket.on('error', () => {}) // A reset is counted as any other close.
    socket.once('close', () => this.#closed++)
    socket.resume()
  }
}
