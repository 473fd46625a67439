/** A port where clients arrive: connections in, an exchange for each request. */

import { createServer, type Server, type Socket } from 'node:net'
import { ClientConnection } from '#proxy/client-connection'
import type { Listening } from '#proxy/client-facts'
import { Fault } from '#sdk/fault'
import { AT } from '#telemetry/counters'
import type { ConnectionLimits } from '#wire/connection'
import { TlsDoor, type TlsSettings } from '#wire/tls/tls-door'

export interface ListenerOptions extends Listening {
  readonly host: string | undefined
  readonly port: number
  /** Shared with the other workers by the kernel. */
  readonly reusePort: boolean
  readonly limits: ConnectionLimits
  /** What clients may speak, `h2` with TLS, `h2c` without. */
  readonly protocols: readonly ('http1' | 'h2' | 'h2c')[]
  readonly maxConnections: number
  /** Undefined: plain text. */
  readonly tls: Omit<TlsSettings, 'protocols'> | undefined
  readonly ticketSecret: Uint8Array
}

/** How long whoever came just before the doors closed has for a first request. */
const FIRST_REQUEST_MS = 1_000
const MAX_BUSY_MS = 500
/** How long the last bytes of a reply have to leave when all else is over. */
const LAST_BYTES_MS = 1_000

export class Listener {
  readonly options: ListenerOptions
  readonly #server: Server
  readonly #connections: ClientConnection[] = [] // by index, swapped out: a Set would cost 8 µs a request
  readonly #door: TlsDoor | undefined
  #draining = false
  #accepted = 0
  /** Of a listener with TLS: those too that are not secure yet. */
  #sockets = 0

  constructor(options: ListenerOptions) {
    this.options = options
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) =>
      this.#accept(socket),
    )
    this.#door = options.tls && this.#doorFor(options.tls)
  }

  /** The port it listens on: another than asked for when that was 0. */
  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** Rejects when it cannot. */
  listen(): Promise<void> {
    const { host, port, reusePort } = this.options
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(
        { port, ...(host === undefined ? {} : { host }), reusePort, backlog: 4_096 },
        () => {
          this.#server.off('error', reject)
          resolve()
        },
      )
    })
  }

  /** From here on handshakes go by these; see wire/tls. */
  secureBy(tls: Omit<TlsSettings, 'protocols'>): void {
    this.#door?.update({ ...tls, protocols: this.#alpn }, this.options.environment.clock.wall())
  }

  /** Whether a connection that was made for a name may carry requests for this host. */
  isFor(name: string | undefined, host: string): boolean {
    return this.#door?.isFor(name, host) ?? true
  }

  renewTicketKeys(): void {
    this.#door?.renewTicketKeys(this.options.environment.clock.wall())
  }

  get connections(): number {
    return this.#connections.length
  }

  /**
   * Every reply from here on ends its connection, also those yet to be accepted. Idle ones stay until `close`: a
   * request may be on its way on them.
   */
  drain(): void {
    this.#draining = true
    for (const { wire } of this.#connections) wire.drain()
  }

  /**
   * Accepts no more, and ends what is idle; resolves when the port is free and whoever had just come was heard. What is
   * being served lives on.
   */
  async close(): Promise<void> {
    const { wheel, tunnels } = this.options.environment
    tunnels.leave(this.options)
    await new Promise<void>((resolve) => this.#closePort(wheel.now() + MAX_BUSY_MS, resolve))
    await turn() // what had arrived on idle connections by now is read
    for (const { wire } of this.#connections.slice()) if (wire.requests > 0) wire.endIfIdle()
    for (const until = wheel.now() + FIRST_REQUEST_MS; wheel.now() < until; await sleep(10)) {
      if (this.#connections.every(({ wire }) => wire.requests > 0)) return
    }
    for (const { wire } of this.#connections.slice()) wire.endIfIdle()
  }

  /**
   * The kernel resets what it queued for a port that is closed. So it is closed right after a look that found nobody,
   * and just after a sleep, when the scheduler is least likely to let others go first.
   */
  #closePort(until: number, closed: () => void): void {
    setTimeout(() => {
      const accepted = this.#accepted
      setImmediate(() => {
        if (this.#accepted !== accepted && this.options.environment.wheel.now() < until)
          this.#closePort(until, closed)
        else {
          this.#server.close()
          closed()
        }
      })
    }, 1)
  }

  /**
   * Cuts what is still open; returns how many exchanges that broke. The rest of a reply whose exchange is over has a moment
   * to leave.
   */
  async cut(): Promise<number> {
    const { wheel, tunnels } = this.options.environment
    let broken = tunnels.cut(this.options)
    for (const { wire } of this.#connections.slice()) {
      broken += wire.underWay
      if (wire.underWay > 0) wire.cut(new Fault('DRAINING'))
    }
    for (const until = wheel.now() + LAST_BYTES_MS; wheel.now() < until; await sleep(5))
      if (this.#connections.every(({ wire }) => wire.unsentBytes === 0)) break
    for (const { wire } of this.#connections.slice()) wire.cut(new Fault('DRAINING'))
    return broken
  }

  #accept(socket: Socket): void {
    const { environment, maxConnections } = this.options
    this.#accepted++
    environment.counters.add(AT.connectionsAccepted, 1)
    if (Math.max(this.#connections.length, this.#sockets) >= maxConnections) {
      socket.destroy()
      return
    }
    if (this.#door === undefined) this.#serve(socket)
    else {
      this.#sockets++
      socket.once('close', () => this.#sockets--)
      this.#door.accept(socket)
    }
  }

  /** As TLS names them, the best first. */
  get #alpn(): string[] {
    const { protocols } = this.options
    return ['h2', 'http1']
      .filter((name) => protocols.includes(name as 'h2' | 'http1'))
      .map((name) => (name === 'h2' ? 'h2' : 'http/1.1'))
  }

  #doorFor(tls: Omit<TlsSettings, 'protocols'>): TlsDoor {
    const { name, ticketSecret, limits, environment } = this.options
    const options = {
      name,
      ticketSecret,
      handshakeMs: limits.headerTimeoutMs,
      onSecure: (socket: Socket) => this.#serve(socket),
      onFailure: () => environment.counters.add(AT.handshakesFailed, 1),
    }
    return new TlsDoor(options, { ...tls, protocols: this.#alpn }, environment.clock.wall())
  }

  #serve(socket: Socket): void {
    const { environment } = this.options
    const connection = new ClientConnection(socket, this.options, this)
    connection.index = this.#connections.length
    if (this.#draining) connection.wire.drain()
    this.#connections.push(connection)
    environment.counters.add(AT.connections, 1)
  }

  /** It is known now what is spoken on it. */
  decided({ wire }: ClientConnection): void {
    if (this.#draining) wire.drain()
  }

  forget(connection: ClientConnection): void {
    const last = this.#connections.pop()!
    if (last !== connection) {
      this.#connections[connection.index] = last
      last.index = connection.index
    }
    this.options.environment.counters.add(AT.connections, -1)
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}
