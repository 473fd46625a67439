/** Calls of services, as the main thread sees them: where the state of each service stands, and how it is. */

import { CallSlots, type CallSlotTable, type Slotted } from '#compile/call-slots'
import type { Known } from '#config/known'
import { type CallStates, createCallStates } from '#services/call-states'

/** While one set of workers takes over from another there are two, and three if a third comes soon. */
const SEATS_PER_WORKER = 3

export class Calls {
  /** For the workers: one seat for each that lives. */
  readonly shared: { readonly calls: CallStates; readonly seats: number }
  readonly #slots: CallSlots

  constructor(workers: number) {
    const seats = workers * SEATS_PER_WORKER
    this.shared = { calls: createCallStates(seats), seats }
    this.#slots = new CallSlots(this.shared.calls)
  }

  /** For a configuration that may come into force. */
  slotsOf(config: Slotted, known: Known): CallSlotTable {
    return this.#slots.assign(config, known)
  }

  /** It has come into force. */
  use(table: CallSlotTable): void {
    this.#slots.keep(table)
  }
}
