/** The workers' counters as one: what the dead counted stays, what they held open does not. */

import { AT, Counters, GAUGES } from '#telemetry/counters'

export class CounterSum {
  readonly #faults: readonly string[]
  readonly #retired: Counters

  constructor(faults: readonly string[]) {
    this.#faults = faults
    this.#retired = new Counters(faults)
  }

  retire(counters: Counters): void {
    this.#retired.addAll(counters)
    for (const name of Object.keys(GAUGES)) {
      const at = AT[name as keyof typeof GAUGES]
      this.#retired.add(at, -this.#retired.get(at))
    }
  }

  read(living: readonly Counters[]): Counters {
    const sum = new Counters(this.#faults)
    for (const counters of [this.#retired, ...living]) sum.addAll(counters)
    return sum
  }

  /** Exchanges and tunnels: what the end of a worker would break. */
  openIn(living: readonly Counters[]): number {
    return living.reduce(
      (sum, counters) => sum + counters.get(AT.exchanges) + counters.get(AT.tunnels),
      0,
    )
  }
}
