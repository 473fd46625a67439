/** A service under test's control: raw TCP, so that it can say anything, and knows every byte it was told. */

import { createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface BackendConnection {
  readonly socket: Socket
  /** All that was received on it so far, as latin1 text. */
  received: string
}

export interface Backend {
  readonly port: number
  readonly url: string
  readonly connections: readonly BackendConnection[]
  /** All that all connections received, in the order they were opened. */
  received(): string
  /** Connections that stand. */
  open(): number
}

/** What answers: called for every piece that arrives. `whole` is true once the message so far is a complete request. */
export type Answer = (connection: BackendConnection, whole: boolean) => void

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Answers every complete request with `reply`; `reply` may look at the request. */
export const answering =
  (reply: string | ((request: string) => string) = OK): Answer =>
  (connection, whole) => {
    if (!whole) return
    const request = connection.received
    connection.received = ''
    connection.socket.write(typeof reply === 'string' ? reply : reply(request), 'latin1')
  }

/** Where it listens: on a free port of 127.0.0.1 when it does not matter. */
export interface At {
  readonly host?: string
  readonly port?: number
}

export async function startBackend(
  t: TestContext,
  answer: Answer = recording(),
  { host = '127.0.0.1', port: wanted = 0 }: At = {},
): Promise<Backend> {
  const connections: BackendConnection[] = []
  let open = 0
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection: BackendConnection = { socket, received: '' }
    connections.push(connection)
    open++
    socket.on('data', (bytes) => {
      connection.received += bytes.toString('latin1')
      answer(connection, isWhole(connection.received))
    })
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => open--)
  })
  await new Promise<void>((resolve) => void server.listen(wanted, host, resolve))
  t.after(() => {
    for (const { socket } of connections) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    connections,
    received: () => connections.map(({ received }) => received).join(''),
    open: () => open,
  }
}

/** Answers OK and keeps all it received in `received` (counts requests by their ends). */
export function recording(): Answer {
  const answered = new WeakMap<BackendConnection, number>()
  return (connection) => {
    let done = answered.get(connection) ?? 0
    for (let length = wholeLength(connection.received.slice(done)); length > 0;) {
      done += length
      connection.socket.write(OK)
      length = wholeLength(connection.received.slice(done))
    }
    answered.set(connection, done)
  }
}

function isWhole(text: string): boolean {
  return wholeLength(text) > 0
}

/** How long the first complete request in the text is; 0 when it is not complete. */
function wholeLength(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return 0
  const head = text.slice(0, headEnd).toLowerCase()
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1]
  if (head.includes('\r\ntransfer-encoding: chunked')) {
    const end = /\r\n0\r\n(?:[^\r]+\r\n)*\r\n/.exec(`\r\n${text.slice(headEnd + 4)}`)
    return end === null ? 0 : headEnd + 4 + end.index + end[0].length - 2
  }
  const total = headEnd + 4 + Number(length ?? 0)
  return text.length >= total ? total : 0
}
