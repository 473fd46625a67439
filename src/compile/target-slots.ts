/** Where in the shared memory each target has its state. */

import { Slots } from '#compile/slots'
import type { TargetsByService } from '#services/registry'
import type { TargetOptions } from '#services/service'
import { MAX_TARGETS, type TargetStates } from '#services/target-states'

/** Targets by the name of their service, before they have slots; undefined: they are not known yet. */
export type TargetLists = Readonly<
  Record<string, readonly Omit<TargetOptions, 'slot'>[] | undefined>
>

export class TargetSlots {
  readonly #slots: Slots

  constructor(states: TargetStates) {
    this.#slots = new Slots(MAX_TARGETS, 'targets', (slot) => states.clear(slot))
  }

  /** Fails when there are too many targets. */
  assign(lists: TargetLists): TargetsByService {
    return Object.fromEntries(
      Object.entries(lists).map(([name, targets]) => [
        name,
        targets?.map((target) => ({ ...target, slot: this.#slots.of(targetKey(name, target)) })),
      ]),
    )
  }

  /** These are all there are now: the slots of others may be used again. */
  keep(lists: TargetLists): void {
    const keys = Object.entries(lists).flatMap(([name, targets = []]) =>
      targets.map((target) => targetKey(name, target)),
    )
    this.#slots.keep(new Set(keys))
  }
}

function targetKey(service: string, { url }: { readonly url: string }): string {
  return `${service}\n${url}`
}
