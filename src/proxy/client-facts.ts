/** What is true of a client for as long as its connection lasts. */

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { canonicalAddress, type Networks } from '#base/address'
import { clientAddress } from '#http/forwarded'
import type { HeaderList } from '#http/header-list'
import type { Environment } from '#proxy/environment'
import { certificateOf, certificateToldBy } from '#proxy/client-certificate'
import { freshHopLines, type Origin } from '#proxy/hop-lines'
import type { Client, ClientCertificate } from '#sdk/exchange'

/** What the exchanges of one listener share. */
export interface Listening {
  readonly environment: Environment
  readonly name: string
  readonly scheme: 'http' | 'https'
  /** The port that clients see, when it is another than the one they arrive at. */
  readonly publicPort: number | undefined
  /** Where all requests are sent on to. */
  readonly redirectsTo: { readonly scheme: string; readonly port: number } | undefined
  readonly trusted: Networks
  /** Half-closed connections are answered instead of taken for gone. */
  readonly answersHalfClosed: boolean
}

export class ClientFacts {
  readonly trusted: boolean
  readonly #listening: Listening
  readonly #peer: string
  readonly #port: number
  readonly #client: Client
  #authority = ''
  #lines = ''

  constructor(listening: Listening, socket: Socket) {
    const { remoteAddress, localPort = 0 } = socket
    this.#listening = listening
    this.#port = listening.publicPort ?? localPort
    this.#peer = canonicalAddress(remoteAddress ?? '') ?? '0.0.0.0'
    this.trusted = listening.trusted.has(this.#peer)
    this.#client = new ConnectedClient(this.#peer, this.trusted, socket)
  }

  /** Who sent a request: the peer, or whom a trusted one names. */
  clientOf(headers: HeaderList): Client {
    if (!this.trusted) return this.#client
    const ip = clientAddress(headers, this.#peer, this.#listening.trusted)
    return new ForwardedClient(ip, this.#client, headers)
  }

  origin(scheme: string, authority: string): Origin {
    return { peer: this.#peer, scheme, authority, port: this.#port }
  }

  /** Forwarding lines for a client nobody vouches for: made once, for as long as it asks the same host. */
  freshLines(authority: string): string {
    if (authority !== this.#authority) {
      this.#authority = Buffer.from(authority, 'latin1').toString('latin1') // a slice keeps its head alive
      this.#lines = freshHopLines(this.origin(this.#listening.scheme, authority))
    }
    return this.#lines
  }
}

/** Whoever is at the other end. */
class ConnectedClient implements Client {
  readonly ip: string
  readonly peer: string
  readonly trusted: boolean
  readonly #socket: Socket
  #certificate: ClientCertificate | undefined | null = null

  constructor(peer: string, trusted: boolean, socket: Socket) {
    this.ip = peer
    this.peer = peer
    this.trusted = trusted
    this.#socket = socket
  }

  /** Read when it is asked for first. */
  get certificate(): ClientCertificate | undefined {
    if (this.#certificate !== null) return this.#certificate
    const shown =
      this.#socket instanceof TLSSocket ? this.#socket.getPeerX509Certificate() : undefined
    this.#certificate = shown && certificateOf(shown)
    return this.#certificate
  }
}

/** Whom a trusted proxy speaks for; its own certificate is nobody else's. */
class ForwardedClient implements Client {
  readonly ip: string
  readonly peer: string
  readonly trusted: boolean
  readonly #headers: HeaderList

  constructor(ip: string, { peer, trusted }: Client, headers: HeaderList) {
    this.ip = ip
    this.peer = peer
    this.trusted = trusted
    this.#headers = headers
  }

  get certificate(): ClientCertificate | undefined {
    return certificateToldBy(this.#headers)
  }
}
