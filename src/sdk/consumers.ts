/** Who may call, by name and by key. */

import type { Consumer } from '#sdk/exchange'

/** One of a consumer's keys. */
export interface ConsumerKey {
  readonly consumer: Consumer
  /** What may be shown of it. */
  readonly label: string
  readonly scopes: readonly string[]
}

export interface Consumers {
  /** Whose key it is, by its SHA-256, if it holds now and in this stage. */
  byKey(sha256: Buffer, stage: string): ConsumerKey | undefined
  /** One that the configuration names has its plan and its groups, and those given; any other has those given alone. */
  named(name: string, groups?: readonly string[]): Consumer
}
