/** Calls of services, as the main thread sees them: where the state of each service stands, and how it is. */

import { randomBytes } from 'node:crypto'
import { getOrPut } from '#base/get-or-put'
import { readCallKey } from '#compile/call-keys'
import { CallSlots, type CallSlotTable, type Slotted } from '#compile/call-slots'
import type { Known } from '#config/known'
import { createCallStates, type SharedWithWorkers } from '#services/call-states'
import { isOpen } from '#services/circuit-breaker'
import { fullness } from '#services/concurrency'

const PROCESS_KEY_BYTES = 32

/** While one set of workers takes over from another there are two, and three if a third comes soon. */
const SEATS_PER_WORKER = 3

/** Of a service in a stage, whatever rules its routes have for it. A part that nobody wants is undefined. */
export interface CallSample {
  readonly service: string
  /** '' where there is one world alone. */
  readonly stage: string
  isOpen?: boolean
  calls?: number
  waiting?: number
}

export class Calls {
  /** For the workers: one seat for each that lives. */
  readonly shared: Omit<SharedWithWorkers, 'seat' | 'targets'>
  readonly #slots: CallSlots
  #table: CallSlotTable = {}

  constructor(workers: number) {
    const seats = workers * SEATS_PER_WORKER
    this.shared = {
      calls: createCallStates(seats),
      seats,
      processKey: randomBytes(PROCESS_KEY_BYTES),
    }
    this.#slots = new CallSlots(this.shared.calls)
  }

  /** For a configuration that may come into force. */
  slotsOf(config: Slotted, known: Known): CallSlotTable {
    return this.#slots.assign(config, known)
  }

  /** It has come into force. */
  use(table: CallSlotTable): void {
    this.#slots.keep(table)
    this.#table = table
  }

  samples(): Iterable<CallSample> {
    const { calls: states, seats } = this.shared
    const samples = new Map<string, CallSample>()
    for (const [key, slot] of Object.entries(this.#table)) {
      const { part, stage, service } = readCallKey(key)
      if (part === 'tunnels') continue
      const sample = getOrPut(samples, `${stage}\n${service}`, (): CallSample => ({
        service,
        stage,
      }))
      if (part === 'breaker')
        sample.isOpen = sample.isOpen === true || isOpen(states.breakers, slot)
      if (part !== 'limit') continue
      const { calls, waiting } = fullness(states.limits, slot, seats)
      sample.calls = (sample.calls ?? 0) + calls
      sample.waiting = (sample.waiting ?? 0) + waiting
    }
    return samples.values()
  }
}
