/** Where the keys come from that tokens are checked with. */

import type { KeySet } from '../tokens/key-set.ts'

export interface KeySource {
  /** Undefined while there are none. */
  readonly keys: KeySet | undefined
  /** The attempt to get newer ones that is under way, and whether it succeeds; undefined when there is none. */
  readonly running: Promise<boolean> | undefined
  /** Asks for newer keys, as a token names one that nobody knows. Resolves to whether what there is now is new enough to tell. */
  renew(): boolean | Promise<boolean>
  close(): void
}

/** Keys that stand in the configuration. */
export function fixedKeys(keys: KeySet): KeySource {
  return { keys, running: undefined, renew: () => true, close() {} }
}
