/** Where in the shared memory each target's state stands: the same place for as long as the configuration names it. */

import type { GatewayConfig, ServiceConfig } from '#config/config'
import { MAX_TARGETS, type TargetStates } from '#services/target-states'

/** For each service a slot of its own, and one for each of its targets. */
export type SlotsByService = Readonly<
  Record<string, { readonly own: number; readonly targets: readonly number[] }>
>

export class TargetSlots {
  readonly #states: TargetStates
  readonly #slots = new Map<string, number>()
  readonly #free: number[] = []
  /** Given up by the last configuration: calls that began before may still write there. */
  #resting: number[] = []
  #next = 0

  constructor(states: TargetStates) {
    this.#states = states
  }

  /** Fails when there are too many targets. */
  assign(services: GatewayConfig['services']): SlotsByService {
    return Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        {
          own: this.#slotOf(name),
          targets: targetKeys(name, service).map((key) => this.#slotOf(key)),
        },
      ]),
    )
  }

  /** These are in force now: the slots of targets that are gone are free when the next ones are. */
  keep(services: GatewayConfig['services']): void {
    const keys = new Set(
      Object.entries(services).flatMap(([name, service]) => targetKeys(name, service).concat(name)),
    )
    for (const slot of this.#resting) this.#states.clear(slot)
    this.#free.push(...this.#resting)
    const gone = [...this.#slots].filter(([key]) => !keys.has(key))
    for (const [key] of gone) this.#slots.delete(key)
    this.#resting = gone.map(([, slot]) => slot)
  }

  #slotOf(key: string): number {
    let slot = this.#slots.get(key)
    if (slot !== undefined) return slot
    slot = this.#free.pop() ?? this.#next++
    if (slot >= MAX_TARGETS)
      throw new Error(`there are more than ${MAX_TARGETS} services and targets`)
    this.#slots.set(key, slot)
    return slot
  }
}

function targetKeys(name: string, { targets }: ServiceConfig): string[] {
  return targets.map(({ url }) => `${name}\n${url}`)
}
