/** A client's connection at a listener, and what becomes of the requests on it. */

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { ClientFacts } from '#proxy/client-facts'
import { HttpExchange } from '#proxy/exchange'
import { type Inbound, readInbound, unreadable } from '#proxy/inbound'
import type { Listener, ListenerOptions } from '#proxy/listener'
import { Fault, type FaultCode } from '#sdk/fault'
import { RequestHead } from '#wire/http1/head'
import type { RequestBody } from '#wire/http1/request-body'
import type { ConnectionLimits, ConnectionUser, Served } from '#wire/http1/connection-user'
import { ServerConnection } from '#wire/http1/server-connection'

export class ClientConnection extends ServerConnection {
  index = 0

  constructor(socket: Socket, options: ListenerOptions, listener: Listener) {
    super(socket, new User(socket, options, listener))
  }
}

class User implements ConnectionUser {
  readonly limits: ConnectionLimits
  readonly wheel: ListenerOptions['environment']['wheel']
  readonly trusted: boolean
  readonly #options: ListenerOptions
  readonly #listener: Listener
  readonly #facts: ClientFacts
  readonly #socket: Socket
  #lastHost = ''

  constructor(socket: Socket, options: ListenerOptions, listener: Listener) {
    this.limits = options.limits
    this.wheel = options.environment.wheel
    this.#options = options
    this.#listener = listener
    this.#facts = new ClientFacts(options, socket)
    this.trusted = this.#facts.trusted
    this.#socket = socket
  }

  request(connection: ServerConnection, head: RequestHead, body: RequestBody | undefined): Served {
    const local = head.hosts === 0 ? this.#localAuthority() : ''
    const inbound = readInbound(this.#options, head, this.trusted, local, body)
    if (!(inbound instanceof Fault)) {
      const refusal = this.#isForHere(inbound.host) ? undefined : new Fault('MISDIRECTED')
      return this.#exchange(connection, head, inbound, body, refusal)
    }
    connection.closing = true
    return this.#exchange(connection, head, unreadable(this.#options, head), body, inbound)
  }

  refusal(connection: ServerConnection, code: FaultCode, head = new RequestHead()): Served {
    const inbound = unreadable(this.#options, head)
    return this.#exchange(connection, head, inbound, undefined, new Fault(code))
  }

  #exchange(
    connection: ServerConnection,
    head: RequestHead,
    inbound: Inbound,
    body: RequestBody | undefined,
    refusal?: Fault,
  ): Served {
    return new HttpExchange(connection, this.#options, this.#facts, head, inbound, body, refusal)
  }

  /** The host must be one that the handshake was for (RFC 9110 §7.4). Most ask for the same one again and again. */
  #isForHere(host: string): boolean {
    if (!(this.#socket instanceof TLSSocket) || host === this.#lastHost) return true
    const { servername } = this.#socket
    const isFor = this.#listener.isFor(
      typeof servername === 'string' ? servername : undefined,
      host,
    )
    if (isFor) this.#lastHost = host
    return isFor
  }

  onClosed(connection: ServerConnection): void {
    this.#listener.forget(connection as ClientConnection)
  }

  /** What an HTTP/1.0 client without Host can only mean. */
  #localAuthority(): string {
    const { localAddress = 'localhost', localPort = 0 } = this.#socket
    return localAddress.includes(':')
      ? `[${localAddress}]:${localPort}`
      : `${localAddress}:${localPort}`
  }
}
