/** What becomes known of limits beside refusals: counted always, told now and then. */

import type { Clock } from '#base/clock'
import type { Exchange } from '#sdk/exchange'
import type { Log } from '#sdk/filter'

export interface LimitCounters {
  storeFailed(): void
  wouldRefuse(): void
}

/** A store that is gone is told of once in this time. */
const TELL_MS = 10_000

export class LimitNews {
  readonly #clock: Clock
  readonly #log: Log
  readonly #counters: LimitCounters
  readonly #toldAt = new Map<string, number>()

  constructor(clock: Clock, log: Log, counters: LimitCounters) {
    this.#clock = clock
    this.#log = log
    this.#counters = counters
  }

  readonly storeFailed = (store: string, cause: unknown): void => {
    this.#counters.storeFailed()
    const now = this.#clock.now()
    if (now - (this.#toldAt.get(store) ?? -Infinity) < TELL_MS) return
    this.#toldAt.set(store, now)
    this.#log.error('a store of limits cannot say: its rules go by onStoreFailure', {
      store,
      cause: cause instanceof Error ? cause.message : String(cause),
    })
  }

  readonly wouldRefuse = (ex: Exchange, by: string): void => {
    this.#counters.wouldRefuse()
    ex.shadowed = ex.shadowed === undefined ? by : `${ex.shadowed},${by}`
  }
}
