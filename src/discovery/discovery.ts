/** The services whose targets are looked for: one search for each, kept for as long as the configuration wants it so. */

import type { Clock } from '#base/clock'
import type { GatewayConfig, ServiceConfig } from '#config/config'
import type { Discover } from '#config/schema/discover'
import { consulSource } from './consul.ts'
import { dnsSource } from './dns.ts'
import { fileSource } from './file.ts'
import { locate } from './locate.ts'
import { Names } from './names.ts'
import { AllowedNetworks } from './networks.ts'
import { type Say, Search } from './search.ts'
import type { Found, Source } from './source.ts'
import { srvSource } from './srv.ts'

type Services = GatewayConfig['services']

/** So long a configuration waits for what its searches find first, so that the first requests need not fail. */
const FIRST_FOUND_MS = 1_000

export interface DiscoverySample {
  readonly service: string
  /** '' when all share it. */
  readonly stage: string
  readonly ageMs: number
  readonly targets: number
  readonly failures: number
}

interface Running {
  readonly search: Search
  stop(): void
}

export class Discovery {
  readonly #clock: Clock
  readonly #onChange: () => void
  readonly #say: Say
  readonly #running = new Map<string, Running>()
  #isStopped = false

  constructor(clock: Clock, onChange: () => void, say: Say) {
    this.#clock = clock
    this.#onChange = onChange
    this.#say = say
  }

  /** Begins what these want and is not under way. */
  async begin(services: Services): Promise<void> {
    const begun: Promise<void>[] = []
    for (const [name, service] of Object.entries(services)) {
      const { discover } = service
      const key = keyOf(name, service)
      if (discover === undefined || this.#running.has(key) || this.#isStopped) continue
      const running = this.#start(discover, service)
      this.#running.set(key, running)
      begun.push(running.search.first)
    }
    if (begun.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_FOUND_MS)
    })
    await Promise.race([Promise.all(begun), tooLong])
    clearTimeout(timer)
  }

  /** Ends what these do not want. */
  keep(services: Services): void {
    const wanted = new Set(Object.entries(services).map(([name, service]) => keyOf(name, service)))
    for (const [key, running] of this.#running) {
      if (wanted.has(key)) continue
      running.stop()
      this.#running.delete(key)
    }
  }

  /** Undefined when nothing was found yet. */
  found(name: string, service: ServiceConfig): readonly Found[] | undefined {
    return this.#running.get(keyOf(name, service))?.search.found
  }

  *samples(services: Services): IterableIterator<DiscoverySample> {
    for (const [key, service] of Object.entries(services)) {
      const search = this.#running.get(keyOf(key, service))?.search
      if (search === undefined) continue
      const { ageMs, failures, found = [] } = search
      const { name, stage = '' } = service
      yield { service: name, stage, ageMs, targets: found.length, failures }
    }
  }

  stop(): void {
    this.#isStopped = true
    this.keep({})
  }

  #start(
    discover: Discover,
    { name, stage, source: words, allowedNetworks, tls, plaintext }: ServiceConfig,
  ): Running {
    const names = new Names(discover.resolvers)
    const allowed = new AllowedNetworks(allowedNetworks)
    const source = sourceOf(discover, names, () => search.wake())
    const way = { scheme: tls === undefined ? 'http' : 'https', plaintext } as const
    const search = new Search({
      clock: this.#clock,
      onChange: this.#onChange,
      say: (level, message, fields) =>
        this.#say(level, message, { service: name, stage, source: words, ...fields }),
      async look(wasWell) {
        const { targets, holdsMs } = await source.ask(wasWell)
        const located = await locate(targets, names, allowed, way)
        return { ...located, holdsMs: Math.min(holdsMs, located.holdsMs) }
      },
    })
    return {
      search,
      stop() {
        search.stop()
        source.stop()
        names.stop()
      },
    }
  }
}

function sourceOf(discover: Discover, names: Names, wake: () => void): Source {
  switch (discover.kind) {
    case 'dns':
      return dnsSource(discover)
    case 'srv':
      return srvSource(discover, names)
    case 'file':
      return fileSource(discover, wake)
    case 'consul':
      return consulSource(discover)
  }
}

function keyOf(name: string, { discover, allowedNetworks, tls, plaintext }: ServiceConfig): string {
  return JSON.stringify([name, discover, allowedNetworks, tls !== undefined, plaintext])
}
