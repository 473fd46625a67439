/** Where in the shared memory each service and target has its state: the same place for as long as it is there. */

import type { TargetsByService } from '#services/registry'
import type { TargetOptions } from '#services/service'
import { MAX_TARGETS, type TargetStates } from '#services/target-states'

/** Targets by the name of their service, before they have slots. */
export type TargetLists = Readonly<Record<string, readonly Omit<TargetOptions, 'slot'>[]>>

/** Of each service, for what is known of the whole of it. */
export type SlotsByService = Readonly<Record<string, number>>

export class TargetSlots {
  readonly #states: TargetStates
  readonly #slots = new Map<string, number>()
  /** Given up, the one that has rested longest first: calls that began before may still write there. */
  readonly #resting: number[] = []
  #next = 0

  constructor(states: TargetStates) {
    this.#states = states
  }

  /** Fails when there are too many services. */
  ofServices(names: readonly string[]): SlotsByService {
    return Object.fromEntries(names.map((name) => [name, this.#slotOf(name)]))
  }

  /** Fails when there are too many targets. */
  assign(lists: TargetLists): TargetsByService {
    return Object.fromEntries(
      Object.entries(lists).map(([name, targets]) => [
        name,
        targets.map((target) => ({ ...target, slot: this.#slotOf(targetKey(name, target)) })),
      ]),
    )
  }

  /** These are all there are now: the slots of others may be used again. */
  keep(lists: TargetLists): void {
    const keys = new Set(
      Object.entries(lists).flatMap(([name, targets]) =>
        targets.map((target) => targetKey(name, target)).concat(name),
      ),
    )
    for (const [key, slot] of this.#slots) {
      if (keys.has(key)) continue
      this.#slots.delete(key)
      this.#resting.push(slot)
    }
  }

  #slotOf(key: string): number {
    let slot = this.#slots.get(key)
    if (slot !== undefined) return slot
    slot = this.#next < MAX_TARGETS ? this.#next++ : this.#resting.shift()
    if (slot === undefined)
      throw new Error(`there are more than ${MAX_TARGETS} services and targets`)
    this.#states.clear(slot)
    this.#slots.set(key, slot)
    return slot
  }
}

function targetKey(service: string, { url }: { readonly url: string }): string {
  return `${service}\n${url}`
}
