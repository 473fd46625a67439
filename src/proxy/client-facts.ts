/** What is true of a client for as long as its connection lasts. */

import { canonicalAddress, type Networks } from '#base/address'
import { clientAddress } from '#http/forwarded'
import type { HeaderList } from '#http/header-list'
import type { Environment } from '#proxy/environment'
import { freshHopLines, type Origin } from '#proxy/hop-lines'
import type { Client } from '#sdk/exchange'

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

  constructor(listening: Listening, remoteAddress: string | undefined, localPort = 0) {
    this.#listening = listening
    this.#port = listening.publicPort ?? localPort
    this.#peer = canonicalAddress(remoteAddress ?? '') ?? '0.0.0.0'
    this.trusted = listening.trusted.has(this.#peer)
    this.#client = { ip: this.#peer, peer: this.#peer, trusted: this.trusted }
  }

  /** Who sent a request: the peer, or whom a trusted one names. */
  clientOf(headers: HeaderList): Client {
    if (!this.trusted) return this.#client
    return { ...this.#client, ip: clientAddress(headers, this.#peer, this.#listening.trusted) }
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
