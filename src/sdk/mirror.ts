/** A copy of requests for another service, whose replies nobody sees: the words for it, shared by services and routes. */

import { z } from 'zod'
import { destination } from '#sdk/destination'
import { byteSize, share, someTime } from '#sdk/schema'

export interface MirrorRules {
  readonly to: string
  /** Of the requests, from 0 to 1. */
  readonly share: number
  /** Bytes of a body that are kept until it is whole; a longer one is not mirrored. */
  readonly maxBody: number
  /** Copies under way at once, in each worker. */
  readonly max: number
  /** Milliseconds that a copy may take in all. */
  readonly timeout: number
}

export const mirrorDefaults: Omit<MirrorRules, 'to'> = {
  share: 1,
  maxBody: 65_536,
  max: 100,
  timeout: 10_000,
}

/** As it is written; what is left out stays open, so that a route may leave it to the service. */
export const mirrorOptions = z.strictObject({
  to: destination().describe('The service that gets the copies, or a URL'),
  share: share().optional().describe('Of the requests (100%)'),
  maxBody: byteSize()
    .optional()
    .describe('Kept of a body until it is whole; a longer one is not mirrored (64KiB)'),
  max: z.int().min(1).optional().describe('Copies under way at once, in each worker (100)'),
  timeout: someTime().optional().describe('How long a copy may take in all (10s)'),
})

/** What a service or a route says of it. */
export type MirrorSettings = z.output<typeof mirrorOptions>

/** What came of a copy. `full`: too many under way; `tooLarge`: its body; `dropped`: its own request broke off. */
export type MirrorOutcome = 'answered' | 'failed' | 'full' | 'tooLarge' | 'dropped'
