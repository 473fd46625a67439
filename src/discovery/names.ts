/** Names asked of DNS servers, over sockets of our own: never in the few threads that all files share. */

import { promises, type RecordWithTtl, type SrvRecord } from 'node:dns'

const PATIENCE = { timeout: 2_000, maxTimeout: 2_000, tries: 2 }
/** Servers that say so have answered: the name is not there, or has no such record. */
const NOTHING = new Set<unknown>(['ENOTFOUND', 'ENODATA'])
/** Names come and go; this many are remembered. */
const MOST_KNOWN = 1_024

export interface Addresses {
  readonly addresses: readonly string[]
  /** How long they hold; Infinity when nothing says so. */
  readonly holdsMs: number
  /** A server did not answer: what is here is from before, or from the other family. */
  readonly failure: Error | undefined
  /** Whether a server answered at all. */
  readonly isFresh: boolean
}

/** A and AAAA records of one name. */
interface Records {
  readonly records: readonly RecordWithTtl[]
  readonly failure: Error | undefined
}

export class Names {
  readonly #servers: readonly string[]
  readonly #asking = new Set<promises.Resolver>()
  readonly #known = new Map<string, readonly RecordWithTtl[]>()

  /** Without servers those of the system are asked. */
  constructor(servers: readonly string[]) {
    this.#servers = servers
  }

  /** IPv4 and IPv6. Never fails. */
  async addressesOf(name: string): Promise<Addresses> {
    const both = await Promise.all([
      this.#recordsOf(`A ${name}`, (resolver) => resolver.resolve4(name, { ttl: true })),
      this.#recordsOf(`AAAA ${name}`, (resolver) => resolver.resolve6(name, { ttl: true })),
    ])
    const fresh = both.filter(({ failure }) => failure === undefined)
    const ttls = fresh.flatMap(({ records }) => records.map(({ ttl }) => ttl))
    return {
      addresses: both.flatMap(({ records }) => records.map(({ address }) => address)),
      holdsMs: Math.min(...ttls) * 1_000,
      failure: both.find(({ failure }) => failure !== undefined)?.failure,
      isFresh: fresh.length > 0,
    }
  }

  /** Fails when there are none. */
  async servicesOf(name: string): Promise<readonly SrvRecord[]> {
    return this.#ask((resolver) => resolver.resolveSrv(name))
  }

  stop(): void {
    for (const resolver of this.#asking) resolver.cancel()
  }

  async #recordsOf(
    key: string,
    ask: (resolver: promises.Resolver) => Promise<RecordWithTtl[]>,
  ): Promise<Records> {
    try {
      const records = await this.#ask(ask)
      if (this.#known.size >= MOST_KNOWN) this.#known.clear()
      this.#known.set(key, records)
      return { records, failure: undefined }
    } catch (thrown) {
      const failure = thrown as NodeJS.ErrnoException
      if (NOTHING.has(failure.code)) return { records: [], failure: undefined }
      return { records: this.#known.get(key) ?? [], failure }
    }
  }

  /** A resolver for each question: it reads anew who the system's servers are, and remembers no answer. */
  async #ask<T>(ask: (resolver: promises.Resolver) => Promise<T>): Promise<T> {
    const resolver = new promises.Resolver(PATIENCE)
    if (this.#servers.length > 0) resolver.setServers(this.#servers)
    this.#asking.add(resolver)
    try {
      return await ask(resolver)
    } finally {
      this.#asking.delete(resolver)
    }
  }
}
