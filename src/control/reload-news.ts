/** What came of a reload, told once: one change of a file is often seen as several. */

import type { Complaint } from '#config/complaint'
import { ConfigRefused } from '#config/config-refused'

export type ReloadOutcome =
  | {
      readonly kind: 'changed'
      readonly generation: number
      readonly warnings: readonly Complaint[]
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: Error }

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
