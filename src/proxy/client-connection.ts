/** A client's connection at a listener, and what becomes of the requests on it. */

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { ClientFacts } from '#proxy/client-facts'
import { HttpExchange } from '#proxy/exchange'
import { type Inbound, readInbound, unreadable } from '#proxy/inbound'
import type { Listener, ListenerOptions } from '#proxy/listener'
import { Fault, type FaultCode } from '#sdk/fault'
import type { Connection, ConnectionLimits, ConnectionUser, Served } from '#wire/connection'
import { RequestHead } from '#wire/head'
import type { RequestBody } from '#wire/request-body'
import { ServerConnection } from '#wire/http1/server-connection'
import { UndecidedConnection } from '#wire/http2/preface'
import { ServerSession } from '#wire/http2/server-session'
import type { ReplyChannel } from '#wire/reply-channel'

export class ClientConnection implements ConnectionUser {
  /** Where the listener keeps it. */
  index = 0
  readonly limits: ConnectionLimits
  readonly wheel: ListenerOptions['environment']['wheel']
  readonly trusted: boolean
  /** Where the bytes are. */
  wire: Connection
  readonly #options: ListenerOptions
  readonly #listener: Listener
  readonly #facts: ClientFacts
  readonly #socket: Socket
  readonly #lacksHttp1: boolean
  #lastHost = ''

  constructor(socket: Socket, options: ListenerOptions, listener: Listener) {
    this.limits = options.limits
    this.wheel = options.environment.wheel
    this.#options = options
    this.#listener = listener
    this.#facts = new ClientFacts(options, socket)
    this.trusted = this.#facts.trusted
    this.#socket = socket
    this.#lacksHttp1 = !options.protocols.includes('http1')
    this.wire = this.#wireOf(socket)
  }

  #wireOf(socket: Socket): Connection {
    if (socket instanceof TLSSocket)
      return socket.alpnProtocol === 'h2'
        ? new ServerSession(socket, this, 'https')
        : new ServerConnection(socket, this)
    if (!this.#options.protocols.includes('h2c')) return new ServerConnection(socket, this)
    return new UndecidedConnection(socket, this, (isHttp2) => {
      this.wire = isHttp2
        ? new ServerSession(socket, this, 'http')
        : new ServerConnection(socket, this)
      this.#listener.decided(this)
    })
  }

  request(channel: ReplyChannel, head: RequestHead, body: RequestBody | undefined): Served {
    const local = head.hosts === 0 ? this.#localAuthority() : ''
    const inbound = readInbound(this.#options, head, this.trusted, local, body)
    if (!(inbound instanceof Fault))
      return this.#exchange(channel, inbound, body, this.#refusalOf(channel, inbound))
    channel.distrust()
    return this.#exchange(channel, unreadable(this.#options, head), body, inbound)
  }

  refusal(channel: ReplyChannel, code: FaultCode, head = new RequestHead()): Served {
    return this.#exchange(channel, unreadable(this.#options, head), undefined, new Fault(code))
  }

  #exchange(
    channel: ReplyChannel,
    inbound: Inbound,
    body: RequestBody | undefined,
    refusal?: Fault,
  ): Served {
    return new HttpExchange(channel, this.#options, this.#facts, inbound, body, refusal)
  }

  #refusalOf({ protocol }: ReplyChannel, { host }: Inbound): Fault | undefined {
    if (this.#lacksHttp1 && protocol !== 'h2') return new Fault('VERSION_NOT_SUPPORTED')
    return this.#isForHere(host) ? undefined : new Fault('MISDIRECTED')
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

  onClosed(): void {
    this.#listener.forget(this)
  }

  /** What an HTTP/1.0 client without Host can only mean. */
  #localAuthority(): string {
    const { localAddress = 'localhost', localPort = 0 } = this.#socket
    return localAddress.includes(':')
      ? `[${localAddress}]:${localPort}`
      : `${localAddress}:${localPort}`
  }
}
