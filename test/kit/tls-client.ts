/** Clients that speak TLS to a gateway on this machine. */

import { once } from 'node:events'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { until } from './until.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n\r\n'

/** Resolves when the handshake is over. Wants `ca`, and the name gw.test unless the options say otherwise. */
export async function connectTls(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'gw.test', ...options })
  await once(socket, 'secureConnect')
  return socket
}

/** The reply to one request on a connection of its own. */
export async function askTls(
  port: number,
  options: ConnectionOptions,
  request = REQUEST,
): Promise<{ readonly reply: string; readonly names: string }> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'gw.test', ...options })
  let reply = ''
  socket.on('data', (bytes: Buffer) => (reply += bytes.toString('latin1')))
  await once(socket, 'secureConnect')
  const names = socket.getPeerX509Certificate()?.subjectAltName ?? ''
  socket.write(request)
  await once(socket, 'close')
  return { reply, names }
}

/** The reply; or why there was none. */
export async function outcomeOf(port: number, options: ConnectionOptions): Promise<string> {
  try {
    const { reply } = await askTls(port, options)
    return reply === '' ? 'closed' : reply
  } catch (thrown) {
    return String((thrown as { code?: unknown }).code)
  }
}

/** A session that a later connection may go on with. */
export async function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'gw.test', ...options })
  let session: Buffer | undefined
  socket.on('session', (given: Buffer) => (session = given))
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'secureConnect')
  socket.write(REQUEST)
  await until(() => session !== undefined)
  socket.destroy()
  return session!
}

export async function isResumed(port: number, options: ConnectionOptions): Promise<boolean> {
  const socket = await connectTls(port, options)
  const resumed = socket.isSessionReused()
  socket.destroy()
  return resumed
}
