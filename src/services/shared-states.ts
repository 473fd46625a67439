/** What all threads know of targets and services: memory that they share. */

import { BUDGET_BYTES } from '#services/budget'
import { BREAKER_BYTES } from '#services/circuit-breaker'
import { MAX_TARGETS, TARGET_BYTES } from '#services/target-states'

/** How many services there may be, each counted as often as routes have other rules for it. */
export const MAX_CALL_STATES = 8_192

export interface SharedStates {
  readonly targets: SharedArrayBuffer
  /** Of services: each has its place, of the same number, in all of these. */
  readonly calls: {
    readonly breakers: SharedArrayBuffer
    readonly retryBudgets: SharedArrayBuffer
  }
}

export function createSharedStates(): SharedStates {
  return {
    targets: new SharedArrayBuffer(MAX_TARGETS * TARGET_BYTES),
    calls: {
      breakers: new SharedArrayBuffer(MAX_CALL_STATES * BREAKER_BYTES),
      retryBudgets: new SharedArrayBuffer(MAX_CALL_STATES * BUDGET_BYTES),
    },
  }
}

/** Nothing is known of whoever had the place. */
export function clearCallState({ calls }: SharedStates, slot: number): void {
  for (const memory of Object.values(calls)) {
    const bytes = memory.byteLength / MAX_CALL_STATES
    new Uint8Array(memory, slot * bytes, bytes).fill(0)
  }
}
