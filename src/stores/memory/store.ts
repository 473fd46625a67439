/** `memory`: this machine's own. Counters are exact over all workers, each of which caches replies for itself. */

import { byteSize, defineStore, z } from '#sdk/index'
import { freeLock, SharedCounters } from './counters.ts'
import { MemoryReplies } from './replies.ts'
import { restoreCounters, saveCounters } from './saved.ts'

/** A Map may not grow without bounds, however small its entries are. */
const MAX_ENTRIES = 1_000_000

export const memory = defineStore({
  name: 'memory',
  summary: 'Memory of this machine',

  options: z.strictObject({
    cache: byteSize().prefault('256MiB').describe('Cached replies, of all workers together'),
    counters: byteSize()
      .refine((bytes) => bytes >= 1_024, { error: 'expected 1KiB or more' })
      .prefault('64MiB')
      .describe('Counters: one takes 48 bytes'),
  }),

  sharedBytes: ({ counters }) => counters,

  create: ({ cache }, { clock, worker, workers, shared }) => ({
    counters: new SharedCounters(shared, clock, worker),
    replies: new MemoryReplies(clock, Math.floor(cache / workers), MAX_ENTRIES),
  }),

  save: saveCounters,
  restore: restoreCounters,
  workerDied: freeLock,
})
