/** The listeners of a worker: opened, closed, and told of new certificates, while those that stay are not touched. */

import { Networks } from '#base/address'
import type { ListenerConfig } from '#config/config'
import type { Environment } from '#proxy/environment'
import { Listener } from '#proxy/listener'

const BODY_TIMEOUT_MS = 60_000

export interface ListenerSetOptions {
  /** How many of them share the ports. */
  readonly workers: number
  /** What session tickets are made of; see wire/tls. */
  readonly ticketSecret: Uint8Array
}

export class ListenerSet {
  readonly #options: ListenerSetOptions
  readonly #listeners = new Map<string, Listener>()
  #draining = false

  constructor(options: ListenerSetOptions) {
    this.#options = options
  }

  /** Ports by name. */
  async set(
    wanted: readonly ListenerConfig[],
    environment: Environment,
  ): Promise<Record<string, number>> {
    const ports: Record<string, number> = {}
    const keys = new Set(wanted.map((config) => keyOf(config, wanted)))
    for (const [key, listener] of this.#listeners) {
      if (keys.has(key)) continue
      this.#listeners.delete(key)
      listener.drain()
      void listener.close()
    }
    for (const config of wanted) {
      const key = keyOf(config, wanted)
      let listener = this.#listeners.get(key)
      if (listener === undefined) {
        listener = this.#create(config, wanted, environment)
        this.#listeners.set(key, listener)
        await listener.listen()
        if (this.#draining) listener.drain()
      } else if (config.tls !== undefined) listener.secureBy(config.tls)
      ports[config.name] = listener.port
    }
    return ports
  }

  drain(): void {
    this.#draining = true
    for (const listener of this.#listeners.values()) listener.drain()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()))
  }

  /** How many exchanges that broke. */
  async cut(): Promise<number> {
    const cuts = [...this.#listeners.values()].map((listener) => listener.cut())
    return (await Promise.all(cuts)).reduce((sum, exchanges) => sum + exchanges, 0)
  }

  renewTicketKeys(): void {
    for (const listener of this.#listeners.values()) listener.renewTicketKeys()
  }

  #create(
    config: ListenerConfig,
    all: readonly ListenerConfig[],
    environment: Environment,
  ): Listener {
    const { limits } = config
    return new Listener({
      environment,
      name: config.name,
      scheme: schemeOf(config),
      host: config.host,
      port: config.port,
      publicPort: config.publicPort,
      redirectsTo: redirectOf(config, all),
      trusted: new Networks(config.trustedProxies),
      answersHalfClosed: config.halfClose === 'answer',
      reusePort: process.platform === 'linux',
      maxConnections: Math.ceil(limits.connections / this.#options.workers), // the kernel spreads them evenly
      tls: config.tls,
      ticketSecret: this.#options.ticketSecret,
      protocols: config.protocols,
      limits: {
        headerBytes: limits.headers,
        targetBytes: limits.target,
        fields: limits.fields,
        headerTimeoutMs: limits.headerTimeout,
        idleTimeoutMs: limits.idleTimeout,
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        streams: limits.streams,
      },
    })
  }
}

/** Equal for listeners that need not be closed and opened again: certificates may change. */
function keyOf(config: ListenerConfig, all: readonly ListenerConfig[]): string {
  const { tls, ...rest } = config
  return JSON.stringify([rest, tls !== undefined, redirectOf(config, all)])
}

function redirectOf({ redirectTo }: ListenerConfig, all: readonly ListenerConfig[]) {
  const target = all.find(({ name }) => name === redirectTo)
  return target && { scheme: schemeOf(target), port: target.publicPort ?? target.port }
}

function schemeOf({ tls }: ListenerConfig): 'http' | 'https' {
  return tls === undefined ? 'http' : 'https'
}
