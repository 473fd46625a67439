/** How the directory of consumers lies in memory: a header, a table by key, a table by name, and records as JSON. */

import type { Consumer } from '#sdk/exchange'

export type ConsumerRecord = Consumer

/** What is said of a key beside whose it is. */
export interface KeyRecord {
  readonly label?: string | undefined
  /** Milliseconds since 1970. */
  readonly expires?: number | undefined
  readonly stages?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
}

// All in words of 32 bits. A slot is empty where its consumer is 0.
export const HEADER = { keyMask: 0, nameMask: 1, records: 2 } as const
export const HEADER_WORDS = 4
/** The digest, where the consumer's record is, where the key's own is, if it has one. */
export const KEY = { digest: 8, consumer: 8, record: 9, words: 10 } as const
/** The name's hash, where the consumer's record is. */
export const NAME = { consumer: 1, words: 2 } as const

/** Before each record. */
export const LENGTH_BYTES = 4

export const EMPTY = new SharedArrayBuffer(0)

/** FNV-1a over UTF-16 units: it spreads, and guards nothing. */
export function nameHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
