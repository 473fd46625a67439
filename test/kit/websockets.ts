/** WebSocket clients and a service that speaks it, by the package `ws`. */

import type { IncomingMessage } from 'node:http'
import type { TestContext } from 'node:test'
import { type ClientOptions, type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import { until } from './until.ts'

export interface WebSocketService {
  readonly url: string
  /** Those that it has accepted, in order. */
  readonly sockets: readonly WebSocket[]
  readonly requests: readonly IncomingMessage[]
  /** Connections that stand. */
  open(): number
  close(): void
}

/** Says back what it hears, unless told otherwise. */
export async function startWebSockets(
  t: TestContext,
  options: ServerOptions = {},
  onSocket: (socket: WebSocket) => void = echo,
): Promise<WebSocketService> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options })
  const sockets: WebSocket[] = []
  const requests: IncomingMessage[] = []
  server.on('connection', (socket, request) => {
    sockets.push(socket)
    requests.push(request)
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise((resolve) => void server.once('listening', resolve))
  const close = (): void => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
  t.after(close)
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    sockets,
    requests,
    open: () => server.clients.size,
    close,
  }
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
}

export interface TestSocket {
  readonly socket: WebSocket
  /** Messages so far, as text. */
  readonly heard: string[]
  /** Its Close frame's code, or 1006, once it is closed. */
  code(): number | undefined
  reason(): string
  /** The status that refused it. */
  refusedWith(): number | undefined
  /** Resolves when it is open, or refused. */
  readonly settled: Promise<void>
  /** Sends it, and waits until it comes back. */
  echoes(text: string): Promise<void>
}

export function connectTo(
  t: TestContext,
  port: number,
  path = '/ws',
  options: ClientOptions & { readonly protocols?: string[] } = {},
): TestSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options.protocols ?? [], options)
  const heard: string[] = []
  let code: number | undefined
  let reason = ''
  let refused: number | undefined
  socket.on('message', (data) => heard.push((data as Buffer).toString()))
  socket.on('error', () => {})
  socket.on('close', (said, why) => {
    code = said
    reason = why.toString()
  })
  const settled = new Promise<void>((resolve) => {
    socket.on('open', resolve)
    socket.on('close', () => resolve())
    socket.on('unexpected-response', (_, response) => {
      refused = response.statusCode
      response.resume()
      socket.terminate()
      resolve()
    })
  })
  t.after(() => socket.terminate())
  return {
    socket,
    heard,
    settled,
    code: () => code,
    reason: () => reason,
    refusedWith: () => refused,
    async echoes(text) {
      const before = heard.length
      socket.send(text)
      await until(() => heard.length > before && heard.at(-1) === text)
    },
  }
}

/** Connected, and heard from. */
export async function connected(
  t: TestContext,
  port: number,
  path?: string,
  options?: Parameters<typeof connectTo>[3],
): Promise<TestSocket> {
  const client = connectTo(t, port, path, options)
  await client.settled
  if (client.socket.readyState !== WebSocket.OPEN)
    throw new Error(`not open: ${client.refusedWith() ?? client.code()}`)
  return client
}

/** A handshake as a text, with these fields in place of its own; undefined leaves one out. */
export function handshake(
  fields: Readonly<Record<string, string | undefined>> = {},
  first = 'GET /ws HTTP/1.1',
): string {
  const all = {
    host: 'gw.test',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': KEY,
    ...fields,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  )
  return `${first}\r\n${lines.join('')}\r\n`
}

/** The example of RFC 6455 §1.3, and its answer. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
export const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`
