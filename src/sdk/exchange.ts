/** One request and its reply, from the first byte in to the last byte out. */

import type { HeaderList } from '#http/header-list'
import type { Body } from '#sdk/body'

/** Who sent it, after trusted proxies were asked. */
export interface Client {
  /** The client's address in canonical text. */
  readonly ip: string
  /** The address at the other end of the connection: the client, or the proxy before us. */
  readonly peer: string
  /** Whether that peer is among the listener's trustedProxies. */
  readonly trusted: boolean
}

/** What the client asked, as every part of the gateway sees it: one view. */
export interface InboundRequest {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The authority as the client wrote it, lower case, with its port if it had one. */
  readonly authority: string
  /** The host alone, lower case, no port; an IPv6 literal keeps its brackets. */
  readonly host: string
  /** The path in normal form. */
  readonly path: string
  /** `?` and the query, byte for byte, or ''. */
  readonly query: string
  readonly headers: HeaderList
  /** Undefined when the request has none. */
  body: Body | undefined
}

/** What goes to the service, once filters said how it should read. Starts as what the client asked. */
export interface Forward {
  /** Path in normal form, before a target's base path is put in front. */
  path: string
  query: string
}

/** Path parameters, and labels of the host: decoded, by name. */
export type Params = Readonly<Record<string, string>>

/** A typed place on an exchange, where one filter leaves something for the next. */
export class Slot<T> {
  readonly name: string
  declare readonly holds: T

  constructor(name: string) {
    this.name = name
  }
}

export interface Exchange {
  /** The request id: 32 hex digits, or what a trusted proxy gave. */
  readonly id: string
  readonly client: Client
  readonly request: InboundRequest
  readonly forward: Forward
  readonly params: Params
  /** The matched route's name. */
  readonly route: string
  get<T>(slot: Slot<T>): T | undefined
  set<T>(slot: Slot<T>, value: T): void
}
