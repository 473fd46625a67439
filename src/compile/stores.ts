/** The stores of a worker: one that a new configuration leaves as it was goes on with what it holds. */

import type { GatewayConfig } from '#config/config'
import type { Known } from '#config/known'
import type { Clock } from '#base/clock'
import type { Kept } from '#compile/kept'
import type { Log } from '#sdk/filter'
import type { Store } from '#sdk/store'

/** Which of how many a worker is. */
export interface StoreSite {
  readonly clock: Clock
  readonly log: Log
  readonly gateway: string
  readonly worker: number
  readonly workers: number
}

/** Those of one program: each opened when a route first asks for it. */
export class Stores {
  readonly #configs: GatewayConfig['stores']
  readonly #memories: Readonly<Record<string, SharedArrayBuffer>>
  readonly #known: Known
  readonly #kept: Kept
  readonly #site: StoreSite
  readonly #opened = new Set<Promise<unknown>>()

  constructor(
    configs: GatewayConfig['stores'],
    memories: Readonly<Record<string, SharedArrayBuffer>>,
    known: Known,
    kept: Kept,
    site: StoreSite,
  ) {
    this.#configs = configs
    this.#memories = memories
    this.#known = known
    this.#kept = kept
    this.#site = site
  }

  of(name: string): Store {
    const config = this.#configs[name]
    const definition = this.#known.stores.find((one) => one.name === config?.kind)
    if (config === undefined || definition === undefined)
      throw new Error(`no store is called ${name}`)
    const { clock, log, gateway, worker, workers } = this.#site
    const host = { clock, log, gateway, worker, workers, shared: this.#memories[name]! }
    const store = this.#kept.keep(JSON.stringify(['store', name, config]), () =>
      definition.create(definition.options.parse(config.options), host),
    )
    if (store.opened !== undefined) this.#opened.add(store.opened)
    return store
  }

  /** Resolves when each that was asked for can say, or is known not to. */
  async opened(): Promise<void> {
    await Promise.all(this.#opened)
  }
}
