/** The contract of what keeps counters and cached replies: memory, or a server that several gateways share. */

import type { z } from 'zod'
import type { Awaitable } from '#base/awaitable'
import type { Clock } from '#base/clock'
import type { Log } from '#sdk/filter'

/** How much may pass in what time. Times in milliseconds. */
export type Rate =
  | {
      /** Refills evenly: one unit every `periodMs / limit`, and never more than `burst` saved up. */
      readonly algorithm: 'gcra'
      readonly limit: number
      readonly periodMs: number
      readonly burst: number
    }
  | {
      /** `fixedWindow` begins anew with every window; `slidingWindow` counts the last window's end by its share. */
      readonly algorithm: 'fixedWindow' | 'slidingWindow'
      readonly limit: number
      readonly periodMs: number
    }
  | {
      /** Counts until a time of the day, by `Clock.wall`: days, weeks, months. Another limit is the same counter. */
      readonly algorithm: 'calendar'
      readonly limit: number
      readonly endsAt: number
    }
  | {
      /** So many at once: what was taken is given back by a charge of less than 0, or forgotten after a time without any. */
      readonly algorithm: 'concurrency'
      readonly limit: number
      readonly leaseMs: number
    }

export interface Charge {
  /** Whom it counts for, of any length. Equal keys with equal rates share a counter; in one call keys differ. */
  readonly key: string
  readonly rate: Rate
  /** In the rate's units; 0 only asks; less gives back. */
  readonly cost: number
  /** It was used already: it passes whatever stands, and later ones wait for it. */
  readonly isSpent?: boolean
}

/** How a counter stands after a call. */
export interface Standing {
  readonly passes: boolean
  /** Whole units that would pass now. */
  readonly remaining: number
  /** Milliseconds until the counter is as good as new. */
  readonly resetMs: number
  /** Milliseconds until this cost would pass; 0 when it does, Infinity when it never will. */
  readonly retryMs: number
}

export interface Counters {
  /**
   * Asks all in one step, and charges them only if every one passes. Standings are in the order of the charges.
   * Fails with StoreFailure when the store cannot say: what that means is the caller's to decide.
   */
  consume(charges: readonly Charge[]): Awaitable<readonly Standing[]>
}

/** Bytes by key, for a time. What they mean is the caller's matter. May forget anything at any time. */
export interface Replies {
  /** Not to be changed: others get the same bytes. Fails with StoreFailure, as all of these do. */
  get(key: string): Awaitable<Uint8Array | undefined>
  /** Copies what it keeps. What is too large to be kept takes the place of what was there by being forgotten. */
  set(key: string, bytes: Uint8Array, ttlMs: number): Awaitable<void>
  delete(key: string): Awaitable<void>
}

/** One store in one worker. It outlives configurations that do not change it. */
export interface Store {
  readonly counters: Counters
  /** How many gateways count there, as far as is known: each has its share when the store is gone. */
  readonly gateways?: () => number
  readonly replies: Replies
  /** Settled when the store can say, or is known not to for now: no configuration that uses it comes into force before. */
  readonly opened?: Promise<unknown>
  readonly close?: () => Awaitable<void>
}

/** What a store may ask of the gateway. */
export interface StoreHost {
  readonly clock: Clock
  readonly log: Log
  /** A name that all workers of this gateway share, and no other gateway has. */
  readonly gateway: string
  /** Which of the workers it is made for, from 0. */
  readonly worker: number
  /** How many there are: a budget of the machine is divided among them. */
  readonly workers: number
  /** As many bytes as `sharedBytes` asked for, zero at first, and the same for all workers. */
  readonly shared: SharedArrayBuffer
}

export interface StoreDefinition<
  Options extends z.ZodType = z.ZodType,
  Name extends string = string,
> {
  /** What `stores:` calls it: `shared: { NAME: options }`. */
  readonly name: Name
  readonly summary: string
  readonly options: Options
  /** Members, at any depth, that are secrets: never written in the file itself. Nor are passwords within a URL. */
  readonly secrets?: readonly string[]
  /** Memory that all workers share; 0 for none. */
  readonly sharedBytes: (options: z.output<Options>) => number
  /** Called for each worker, within its thread. */
  readonly create: (options: z.output<Options>, host: StoreHost) => Store
  /** What of the shared memory should outlast this process, if anything; see `restore`. Called by the main thread. */
  readonly save?: (shared: SharedArrayBuffer, now: number) => Uint8Array
  /** Puts into fresh memory what `save` gave; what it cannot read it leaves out. `now` by `Clock.wall`. */
  readonly restore?: (shared: SharedArrayBuffer, saved: Uint8Array, now: number) => void
  /** A worker died, perhaps in the middle of something: frees what it held of the shared memory. */
  readonly workerDied?: (shared: SharedArrayBuffer, worker: number) => void
}

/** The store cannot say, or cannot keep. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure'
}

export function defineStore<Options extends z.ZodType, const Name extends string>(
  definition: StoreDefinition<Options, Name>,
): StoreDefinition<Options, Name> {
  return definition
}
