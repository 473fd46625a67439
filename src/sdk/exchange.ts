/** One request and its reply, from the first byte in to the last byte out. */

import type { HeaderList } from '#http/header-list'
import type { Body } from '#sdk/body'
import type { Fault } from '#sdk/fault'
import type { Params } from '#sdk/params'

/** Who sent it, after trusted proxies were asked. */
export interface Client {
  /** The client's address in canonical text. */
  readonly ip: string
  /** The address at the other end of the connection: the client, or the proxy before us. */
  readonly peer: string
  /** Whether that peer is among the listener's trustedProxies. */
  readonly trusted: boolean
  /** What it showed, or what a trusted proxy says that it showed (RFC 9440). */
  readonly certificate?: ClientCertificate | undefined
}

export interface ClientCertificate {
  /** On one line: `CN=anna, O=Shop`. */
  readonly subject: string
  readonly issuer: string
  /** DNS names, addresses, e-mail addresses and URIs, each behind its kind: `DNS:a.test`. */
  readonly names: readonly string[]
  /** SHA-256 of the DER form: 64 hex digits. */
  readonly fingerprint: string
  readonly der: Buffer
}

/** What the client asked, as every part of the gateway sees it: one view. */
export interface InboundRequest {
  /** The name of the listener it arrived at. */
  readonly listener: string
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The authority as the client wrote it, lower case, with its port if it had one. */
  readonly authority: string
  /** The host alone, lower case, no port; an IPv6 literal keeps its brackets. */
  readonly host: string
  /** The path in normal form; in a stage with a pathPrefix, without that. */
  readonly path: string
  /** What was taken off it: the stage's pathPrefix, or ''. */
  readonly pathPrefix: string
  /** `?` and the query, byte for byte, or ''. */
  readonly query: string
  readonly headers: HeaderList
  /** Undefined when the request has none. */
  body: Body | undefined
  /** Whether the client waits for a 100 before it sends the body. Not once someone holds that. */
  expectsContinue: boolean
  /** Whether the client takes trailers (`TE: trailers`). */
  readonly takesTrailers: boolean
  /** The protocol that the client asks to switch to. */
  readonly upgrade: 'websocket' | undefined
}

/** What goes to the service, once filters said how it should read. Starts as what the client asked. */
export interface Forward {
  /** Path in normal form, before a target's base path is put in front. */
  path: string
  query: string
  /** Fields in place of the client's. Undefined: those, as they came. */
  headers?: HeaderList | undefined
}

/** Bounds of a connection that has switched protocols, in milliseconds; 0 is none. */
export interface TunnelTimes {
  /** Without a byte either way. */
  readonly idle?: number | undefined
  /** From its beginning, whatever moves. */
  readonly maxDuration?: number | undefined
}

/** Bounds that a route sets for its exchanges. */
export interface ExchangeLimits {
  /** Milliseconds between two pieces of the request's body. */
  bodyTimeoutMs: number
  /** Bytes that a feature may hold of a body it needs whole. */
  bufferBytes: number
  /**
   * What holds for the connection once it has switched protocols; takes one of the `most` places that the route has for
   * such. False when they are all taken.
   */
  takeTunnel(times: TunnelTimes, most: number): boolean
}

export type { Params } from '#sdk/params'

/** A typed place on an exchange, where one filter leaves something for the next. */
export class Slot<T> {
  readonly name: string
  declare readonly holds: T

  constructor(name: string) {
    this.name = name
  }
}

/** Something done for an exchange that should stop when the client is gone. */
export interface Work {
  stop(fault: Fault): void
}

/** Who calls, as an authenticator found out. */
export interface Consumer {
  readonly name: string
  /** What they may use. */
  readonly plan?: string | undefined
  readonly groups: readonly string[]
  /** What the plan allows beside rates. */
  readonly features?: readonly string[] | undefined
}

/** A reply as expressions see it. */
export interface Replied {
  readonly status: number
  readonly headers: HeaderList
  /** Undefined where it is none, or was not read. */
  readonly json: unknown
}

export interface Exchange {
  /** The request id: 32 hex digits, or what a trusted proxy gave. */
  readonly id: string
  readonly client: Client
  readonly request: InboundRequest
  readonly forward: Forward
  readonly limits: ExchangeLimits
  readonly params: Params
  /** The matched route's name. */
  readonly route: string
  /** Undefined while nobody knows who calls. */
  consumer: Consumer | undefined
  /** What the caller's token says; undefined without one. */
  claims: Readonly<Record<string, unknown>> | undefined
  /** What the credentials are good for; undefined while nobody knows who calls. */
  scopes: readonly string[] | undefined
  /** Which of the caller's credentials they were, for the log; '' for none. */
  credential: string
  /** For the log: what would have refused it, did it not merely watch. */
  shadowed: string | undefined
  /** For expressions that ask for the reply; set by whoever asks them. */
  replied: Replied | undefined
  /** The stage it is for: production, staging …; '' where there are none. */
  readonly stage: string
  get<T>(slot: Slot<T>): T | undefined
  set<T>(slot: Slot<T>, value: T): void

  // For the call of a service.

  /** What the next hop is told of this one, as head lines: forwarding fields, Via, request id, trace. */
  hopLines(): string
  /** For the log: who was asked, and for the how manieth time; `isHedge`: while another is asked too. */
  called(service: string, target: string, attempts: number, isHedge: boolean): void
  /** For the log, when several were asked at once: who answered. */
  answeredBy(target: string): void
  /** To be stopped when the client leaves before the reply. */
  onGone(work: Work): void
  /** Passes an interim reply on to the client. */
  informational(status: number, headers: HeaderList): void
}
