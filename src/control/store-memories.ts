/** The memory that all workers share of a store: the same for as long as a configuration has the store as it is. */

import type { GatewayConfig } from '#config/config'
import type { Known } from '#config/known'
import type { StoreDefinition } from '#sdk/store'

interface Held {
  readonly memory: SharedArrayBuffer
  readonly definition: StoreDefinition
}

export class StoreMemories {
  readonly #held = new Map<string, Held>()

  /** By the names of the stores; for a configuration that may come into force. */
  prepare(stores: GatewayConfig['stores'], known: Known): Record<string, SharedArrayBuffer> {
    const memories: Record<string, SharedArrayBuffer> = {}
    for (const [name, { kind, options }] of Object.entries(stores)) {
      const definition = known.stores.find((one) => one.name === kind)!
      const key = keyOf(name, stores)
      let held = this.#held.get(key)
      if (held === undefined) {
        const bytes = definition.sharedBytes(definition.options.parse(options))
        held = { memory: new SharedArrayBuffer(bytes), definition }
        this.#held.set(key, held)
      }
      memories[name] = held.memory
    }
    return memories
  }

  /** These are in force: others are forgotten. */
  use(stores: GatewayConfig['stores']): void {
    const keys = new Set(Object.keys(stores).map((name) => keyOf(name, stores)))
    for (const key of this.#held.keys()) if (!keys.has(key)) this.#held.delete(key)
  }

  /** What it held of the memory is free again. */
  workerDied(worker: number): void {
    for (const { memory, definition } of this.#held.values())
      if (memory.byteLength > 0) definition.workerDied?.(memory, worker)
  }
}

function keyOf(name: string, stores: GatewayConfig['stores']): string {
  return JSON.stringify([name, stores[name]])
}
