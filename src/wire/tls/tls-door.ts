/** Where a connection becomes a secure one: handshakes within their time, by the settings in force when each began. */

import { constants, createHash, hkdfSync } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import {
  type CertificateSet,
  CertificateTable,
  type ServerCertificate,
} from '#wire/tls/certificate-table'
import { hearHello } from '#wire/tls/hear-hello'

export interface TlsSettings {
  readonly certificates: readonly ServerCertificate[]
  readonly profile: 'modern' | 'intermediate'
  readonly clients?: ClientCertificates | undefined
  /** As the client may choose among, the best first. */
  readonly protocols: readonly string[]
}

export interface ClientCertificates {
  readonly mode: 'required' | 'optional'
  /** PEM text. */
  readonly ca: readonly string[]
  readonly crl?: readonly string[] | undefined
}

export interface TlsDoorOptions {
  /** Of the listener: a session begun at one is nothing worth at another. */
  readonly name: string
  /** What the keys of session tickets are made of: the same for all workers. */
  readonly ticketSecret: Uint8Array
  /** A handshake takes no longer. */
  readonly handshakeMs: number
  onSecure(socket: TLSSocket): void
  /** A connection that came to nothing; it is closed. */
  onFailure(error: Error): void
}

/** The keys of tickets change so often; a client then makes a whole handshake again. */
const TICKET_KEYS_MS = 12 * 3_600_000

/** With forward secrecy and authenticated encryption alone. TLS 1.3 has no others. */
const INTERMEDIATE_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
]
const TLS13_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]

/**
 * A server for each set of certificates. The library's own look-up by name could hand over but one certificate of a set
 * (of Node 24, seen by test), so the name is read before.
 */
interface ServersByName {
  readonly table: CertificateTable
  readonly bySet: ReadonlyMap<CertificateSet, Server>
  readonly first: Server
}

export class TlsDoor {
  readonly #options: TlsDoorOptions
  #servers: ServersByName
  #identity: string

  constructor(options: TlsDoorOptions, settings: TlsSettings, wallMs: number) {
    this.#options = options
    this.#identity = identityOf(options.name, settings)
    this.#servers = this.#serversFor(settings, wallMs)
  }

  accept(socket: Socket): void {
    const { table, first, bySet } = this.#servers
    if (bySet.size === 1) {
      first.emit('connection', socket)
      return
    }
    hearHello(socket, this.#options.handshakeMs, (name) => {
      const set = name === undefined ? undefined : table.find(name)
      ;((set && bySet.get(set)) ?? first).emit('connection', socket)
    })
  }

  /**
   * Whether a request for this host may come on a connection that was made for that name: not where another certificate
   * would have been shown. A client that named nobody may ask for anyone.
   */
  isFor(name: string | undefined, host: string): boolean {
    const { table, bySet } = this.#servers
    if (bySet.size === 1 || name === undefined) return true
    return (table.find(host) ?? table.first) === (table.find(name) ?? table.first)
  }

  /** From here on handshakes go by these. What is connected stays so. */
  update(settings: TlsSettings, wallMs: number): void {
    this.#identity = identityOf(this.#options.name, settings)
    this.#servers = this.#serversFor(settings, wallMs)
  }

  /** To be called now and then: the keys of tickets are those of the time. */
  renewTicketKeys(wallMs: number): void {
    const keys = this.#ticketKeys(wallMs)
    for (const server of this.#servers.bySet.values()) server.setTicketKeys(keys)
  }

  #serversFor(settings: TlsSettings, wallMs: number): ServersByName {
    const table = new CertificateTable(settings.certificates)
    const bySet = new Map(table.sets.map((set) => [set, this.#serverFor(set, settings, wallMs)]))
    return { table, bySet, first: bySet.get(table.first)! }
  }

  #serverFor(set: CertificateSet, settings: TlsSettings, wallMs: number): Server {
    const { profile, clients, protocols } = settings
    const isModern = profile === 'modern'
    const server = createServer({
      cert: set.map(({ cert }) => cert),
      key: set.map(({ key }) => key),
      minVersion: isModern ? 'TLSv1.3' : 'TLSv1.2',
      ciphers: [...TLS13_CIPHERS, ...(isModern ? [] : INTERMEDIATE_CIPHERS)].join(':'),
      honorCipherOrder: true,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION, // each costs us more than the client
      sessionIdContext: this.#identity.slice(0, 32),
      ...(clients && { ca: [...clients.ca], ...(clients.crl && { crl: [...clients.crl] }) }),
      ALPNProtocols: [...protocols],
      requestCert: clients !== undefined,
      rejectUnauthorized: clients?.mode === 'required',
      handshakeTimeout: this.#options.handshakeMs,
      ticketKeys: this.#ticketKeys(wallMs),
    })
    server.on('secureConnection', (socket) => this.#onSecure(socket, clients))
    server.on('tlsClientError', (error, socket) => {
      socket.destroy()
      this.#options.onFailure(error)
    })
    return server
  }

  #onSecure(socket: TLSSocket, clients: ClientCertificates | undefined): void {
    // Who shows a certificate that is worth nothing is not taken for one who shows none.
    if (clients !== undefined && !socket.authorized && socket.getPeerX509Certificate()) {
      const error = socket.authorizationError
      socket.destroy()
      this.#options.onFailure(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#options.onSecure(socket)
  }

  /** Other settings for clients, or another time, and a ticket is worth nothing. */
  #ticketKeys(wallMs: number): Buffer {
    const salt = `${this.#identity} ${Math.floor(wallMs / TICKET_KEYS_MS)}`
    return Buffer.from(hkdfSync('sha256', this.#options.ticketSecret, salt, 'tickets', 48))
  }
}

function identityOf(name: string, { clients }: TlsSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([name, clients ?? null]))
    .digest('hex')
}
