/** What all threads know of services under the rules that they are called by: memory that they share. */

import { BUDGET_BYTES } from '#services/budget'
import { BREAKER_BYTES } from '#services/circuit-breaker'
import { type Seat, SEAT_BYTES } from '#services/concurrency'

/** How many services there may be, each counted as often as routes have other rules for it. */
export const MAX_CALL_STATES = 8_192

/** Each service has its place, of the same number, in all of these. */
export interface CallStates {
  readonly breakers: SharedArrayBuffer
  readonly retryBudgets: SharedArrayBuffer
  readonly limits: SharedArrayBuffer
  readonly hedgeBudgets: SharedArrayBuffer
}

/** All that a worker shares with others in calling services. */
export interface SharedWithWorkers extends Seat {
  readonly targets: SharedArrayBuffer
  readonly calls: CallStates
  /** Of this process alone: for what clients bring back and nobody else may read. */
  readonly processKey: Uint8Array
}

export function createCallStates(seats: number): CallStates {
  return {
    breakers: new SharedArrayBuffer(MAX_CALL_STATES * BREAKER_BYTES),
    retryBudgets: new SharedArrayBuffer(MAX_CALL_STATES * BUDGET_BYTES),
    limits: new SharedArrayBuffer(MAX_CALL_STATES * seats * SEAT_BYTES),
    hedgeBudgets: new SharedArrayBuffer(MAX_CALL_STATES * BUDGET_BYTES),
  }
}

/** Nothing is known of whoever had the place. */
export function clearCallState(states: CallStates, slot: number): void {
  for (const memory of Object.values(states) as SharedArrayBuffer[]) {
    const bytes = memory.byteLength / MAX_CALL_STATES
    new Uint8Array(memory, slot * bytes, bytes).fill(0)
  }
}
