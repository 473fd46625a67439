/** What came of a reload, told once: one change of a file is often seen as several. */

import type { Complaint } from '#config/complaint'
import type { GatewayConfig } from '#config/config'
import { ConfigRefused } from '#config/config-refused'

export type ReloadOutcome =
  | {
      readonly kind: 'changed'
      readonly generation: number
      readonly warnings: readonly Complaint[]
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: Error }

export function refusedBy(thrown: unknown): ReloadOutcome {
  return { kind: 'refused', reason: thrown instanceof Error ? thrown : new Error(String(thrown)) }
}

/** Settings that differ, and are read at a start alone. */
export function lateChanges(before: GatewayConfig, after: GatewayConfig): readonly string[] {
  const keys = ['workers', 'admin', 'probes', 'data'] as const
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
}

export class ReloadNews {
  /** Told of each outcome that is news. */
  onNews: (outcome: ReloadOutcome) => void = () => {}
  #last = ''

  tell(outcome: ReloadOutcome): void {
    const words = outcome.kind === 'refused' ? wordsOf(outcome.reason) : outcome.kind
    if (words !== this.#last || outcome.kind === 'changed') this.onNews(outcome)
    if (outcome.kind !== 'unchanged') this.#last = words
  }
}

function wordsOf(reason: Error): string {
  return reason instanceof ConfigRefused ? JSON.stringify(reason.complaints) : reason.message
}
