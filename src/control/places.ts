/** Where everything that a configuration names stands in the memory that all workers share. */

import { systemClock } from '#base/clock'
import type { CallSlotTable } from '#compile/call-slots'
import { Groups } from '#compile/groups'
import type { Parcel } from '#compile/parcel'
import type { GatewayConfig } from '#config/config'
import type { Known } from '#config/known'
import { callMetrics } from '#control/call-metrics'
import { Calls } from '#control/calls'
import { CounterFiles } from '#control/counter-files'
import { metricsText } from '#control/metrics'
import { StoreMemories } from '#control/store-memories'
import type { Targets } from '#control/targets'
import type { SharedWithWorkers } from '#services/call-states'
import type { TargetsByService } from '#services/registry'
import type { Counters } from '#telemetry/counters'

export interface Places {
  readonly targets: TargetsByService
  readonly slots: CallSlotTable
  readonly groups: Readonly<Record<string, number>>
  readonly memories: Parcel['memories']
}

export class PlaceKeeper {
  readonly calls: Calls
  readonly groups = new Groups()
  readonly #memories: StoreMemories
  readonly #targets: Targets

  readonly #files: CounterFiles

  /** `tell`: of files that cannot be read or written. */
  constructor(
    targets: Targets,
    workers: number,
    data: string,
    tell: (message: string, cause: string) => void,
  ) {
    this.#targets = targets
    this.calls = new Calls(workers)
    this.#files = new CounterFiles(data, systemClock, () => this.#memories.lasting(), tell)
    this.#memories = new StoreMemories((name) => this.#files.read(name), systemClock)
    this.#files.run()
  }

  metrics(counters: Counters, generation: number): string {
    const text = metricsText(counters, generation, this.#targets, this.groups.all())
    return text + callMetrics(counters, this.calls.samples())
  }

  /** What should outlast this process is written. */
  close(): Promise<void> {
    return this.#files.stop()
  }

  get shared(): Omit<SharedWithWorkers, 'seat'> {
    return { ...this.calls.shared, targets: this.#targets.memory }
  }

  /** For a configuration that may come into force: `use` or `stay` follows. Fails when there is too much of something. */
  async prepare(config: GatewayConfig, known: Known): Promise<Places> {
    return {
      groups: this.groups.of(config.routes),
      targets: await this.#targets.prepare(config.services),
      slots: this.calls.slotsOf(config, known),
      memories: await this.#memories.prepare(config.stores, known),
    }
  }

  /** The one prepared has come into force. */
  use({ services, stores }: GatewayConfig, { slots }: Places): void {
    this.calls.use(slots)
    this.#targets.use(services)
    this.#memories.use(stores)
  }

  /** The one prepared has not come into force. */
  stay(): void {
    this.#targets.stay()
  }

  /** A worker is gone, by its seat: what it held is free again. */
  workerGone(seat: number): void {
    this.#memories.workerDied(seat)
  }
}
