/** The memory that all workers share of a store: the same for as long as a configuration has the store as it is. */

import type { Clock } from '#base/clock'
import type { GatewayConfig } from '#config/config'
import type { Known } from '#config/known'
import type { Lasting } from '#control/counter-files'
import type { StoreDefinition } from '#sdk/store'

interface Held {
  readonly name: string
  readonly memory: SharedArrayBuffer
  readonly definition: StoreDefinition
}

export class StoreMemories {
  readonly #held = new Map<string, Held>()
  readonly #saved: (name: string) => Promise<Uint8Array | undefined>
  readonly #clock: Pick<Clock, 'wall'>

  /** `saved`: what is left of a store from before. */
  constructor(
    saved: (name: string) => Promise<Uint8Array | undefined>,
    clock: Pick<Clock, 'wall'>,
  ) {
    this.#saved = saved
    this.#clock = clock
  }

  /** By the names of the stores; for a configuration that may come into force. */
  async prepare(
    stores: GatewayConfig['stores'],
    known: Known,
  ): Promise<Record<string, SharedArrayBuffer>> {
    const memories: Record<string, SharedArrayBuffer> = {}
    for (const [name, { kind, options }] of Object.entries(stores)) {
      const definition = known.stores.find((one) => one.name === kind)!
      const key = keyOf(name, stores)
      let held = this.#held.get(key)
      if (held === undefined) {
        const bytes = definition.sharedBytes(definition.options.parse(options))
        held = { name, memory: new SharedArrayBuffer(bytes), definition }
        this.#held.set(key, held)
        await this.#restore(held)
      }
      memories[name] = held.memory
    }
    return memories
  }

  /** Those that have something to save. */
  lasting(): Lasting[] {
    return [...this.#held.values()].flatMap(({ name, memory, definition }) =>
      definition.save === undefined
        ? []
        : [{ name, save: (now: number) => definition.save!(memory, now) }],
    )
  }

  async #restore({ name, memory, definition }: Held): Promise<void> {
    if (definition.restore === undefined) return
    const saved = await this.#saved(name)
    if (saved !== undefined) definition.restore(memory, saved, this.#clock.wall())
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
