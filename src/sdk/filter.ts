/** The contract that every filter keeps, built-in or third-party. */

import type { z } from 'zod'
import type { Awaitable } from '#base/awaitable'
import type { Clock } from '#base/clock'
import type { Authenticator } from '#sdk/authenticator'
import type { Reference } from '#sdk/destination'
import type { Exchange } from '#sdk/exchange'
import type { Fault } from '#sdk/fault'
import type { Phase } from '#sdk/phase'
import type { Reply } from '#sdk/reply'
import type { Store } from '#sdk/store'

/** What answers at the end of a route. */
export type Endpoint = (ex: Exchange) => Awaitable<Reply>

/** How an exchange ended. */
export interface Outcome {
  readonly status: number
  /** Whether the client got all of it. */
  readonly complete: boolean
  readonly bytesIn: number
  readonly bytesOut: number
  readonly durationMs: number
  readonly fault: Fault | undefined
}

/** One configured feature on one route. Every hook is optional, and a hook left out costs nothing. */
export interface Filter {
  /** The request's head is here. Return a reply to answer now, or nothing to go on. */
  readonly onRequest?: (ex: Exchange) => Awaitable<Reply | void>
  /** Surrounds the endpoint as the client sees it. */
  readonly wrap?: (endpoint: Endpoint) => Endpoint
  /** A reply is on its way out. Change it in place, or return another. */
  readonly onReply?: (ex: Exchange, reply: Reply) => Awaitable<Reply | void>
  /** The last byte is out, or never will be. Look, but do not touch. */
  readonly onFinish?: (ex: Exchange, outcome: Outcome) => void
  /** The configuration this filter belongs to has retired. */
  readonly close?: () => Awaitable<void>
}

export interface Log {
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** What some consumers may use. */
export interface Plan {
  readonly name: string
  /** As authored: `rateLimit` reads it. */
  readonly rateLimit?: unknown
  readonly quota?: unknown
  readonly features: readonly string[]
}

/** What a filter or endpoint may ask of the gateway. Nothing else is reachable: no globals, no imports of the core. */
export interface Host {
  readonly clock: Clock
  readonly log: Log
  /** The route it stands on. */
  readonly route: string
  /** The stage it stands in, '' where there are none: what it counts and keeps is that stage's alone. */
  readonly stage: string
  /** When it runs. */
  readonly phase: Phase
  /** What answers at the end of the route: the name of its endpoint. */
  readonly endpoint: string
  /** The plans that consumers may have. */
  readonly plans: readonly Plan[]
  /** A store that `stores` named, or `memory`, which is always there. */
  store(name: string): Store
  /** A store could not say; it is logged, and counted. */
  storeFailed(name: string, cause: unknown): void
  /** What would have been refused, did a rule not merely watch; it is counted, and named in the log. */
  wouldRefuse(ex: Exchange, by: string): void
  /** An authenticator that `authenticators` named. One that cannot be made refuses everyone: 503. */
  authenticator(name: string): Authenticator
}

/** How a feature's settings on `defaults`, on an `api` and on a route become one. */
type Combine =
  | 'whole' // the nearest alone
  | 'members' // member by member, the nearest winning each
  | 'adds' // all hold: create() gets a list, outermost first

/** What a filter does with bodies. A filter that needs one whole on a route that streams refuses the configuration. */
export interface BodyNeeds {
  readonly request?: 'none' | 'stream' | 'whole'
  readonly reply?: 'none' | 'stream' | 'whole'
}

/** One of a feature's filters. */
interface Part {
  readonly phase: Phase
  readonly options: unknown
}

export interface FilterDefinition<
  Options extends z.ZodType = z.ZodType,
  Name extends string = string,
> {
  /** Its key in the configuration. */
  readonly name: Name
  /** One line, for the reference, `explain` and the dashboard. */
  readonly summary: string
  readonly phase: Phase | ((options: z.output<Options>) => Phase)
  readonly combine?: Combine // 'whole' unless said
  /** Merges two settings of a `members` feature when member by member is not deep enough. */
  readonly merge?: (outer: unknown, inner: unknown) => unknown
  /** A protection: `check` warns of every route that loses it. */
  readonly protects?: boolean
  /** A preflight of a browser for one of the route's methods is the filter's to answer: it comes here, whatever methods there are. */
  readonly answersPreflights?: boolean
  /** The one source of types, validation, defaults, completion and reference. Short forms are part of it. */
  readonly options: Options
  readonly body?: BodyNeeds
  /** Other features that stand on every route where this one does, with their defaults when nobody writes them. */
  readonly implies?: readonly string[]
  /** Another feature that it makes no sense without: the configuration is refused when that one is not there. */
  readonly needs?: string
  /** What outside the route its options name: the configuration is refused when it is not there. */
  readonly references?: (options: z.output<Options>) => readonly Reference[]
  /** Of `adds`: each setting as it was read, told where it was written: `defaults`, `api NAME` or `route`. */
  readonly scope?: (options: z.output<Options>, from: string) => unknown
  /** Filters at several moments in place of one; each is created for itself. */
  readonly parts?: (options: z.output<Options>) => readonly Part[]
  /** On `defaults` it holds for requests, too, that no route claims, as far as it runs before anyone is known. */
  readonly ofUnmatched?: boolean
  /** Members that it brings to `plans`: what consumers of a plan may use of it. */
  readonly ofPlan?: Readonly<Record<string, z.ZodType>>
  /** The stores that its options name. */
  readonly stores?: (options: z.output<Options>) => readonly string[]
  /** The authenticators that its options name. */
  readonly authenticators?: (options: z.output<Options>) => readonly string[]
  readonly create: (options: z.output<Options>, host: Host) => Filter
}

export function defineFilter<Options extends z.ZodType, const Name extends string>(
  definition: FilterDefinition<Options, Name>,
): FilterDefinition<Options, Name> {
  return definition
}
