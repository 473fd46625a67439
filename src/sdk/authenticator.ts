/** The contract of a way to know who calls: built in, or brought by a plugin. */

import type { z } from 'zod'
import type { Awaitable } from '#base/awaitable'
import type { Clock } from '#base/clock'
import type { Consumers } from '#sdk/consumers'
import type { Reference } from '#sdk/destination'
import type { Errands } from '#sdk/errands'
import { type Consumer, type Exchange, Slot } from '#sdk/exchange'
import type { Fault } from '#sdk/fault'
import type { Log } from '#sdk/filter'
import type { Reply } from '#sdk/reply'
import type { Service } from '#sdk/service'

/** Who calls, as the credentials prove it. */
export class Identity {
  /** Undefined: it is known that the caller may call, but not by what name. */
  readonly consumer: Consumer | undefined
  readonly claims: Exchange['claims']
  /** What the credentials are good for (RFC 6749 §3.3). */
  readonly scopes: readonly string[]
  /** Which of the caller's credentials they were, for the log: what of them is no secret. */
  readonly credential: string
  /** Fields that the service gets, name and value; undefined: none of that name, whatever the client says. */
  readonly fields: readonly (readonly [name: string, value: string | undefined])[]
  /** Changes the reply on its way out: a session's cookie, for one. */
  readonly onReply: ((reply: Reply) => void) | undefined

  constructor(consumer: Consumer | undefined, more: Partial<Omit<Identity, 'consumer'>> = {}) {
    const { claims, scopes = NONE, credential = '', fields = NONE, onReply } = more
    this.consumer = consumer
    this.claims = claims
    this.scopes = scopes
    this.credential = credential
    this.fields = fields
    this.onReply = onReply
  }
}

const NONE: readonly never[] = Object.freeze([])

/** The credentials are not good, or nobody can say whether they are. */
export class Refusal {
  /** CREDENTIALS_REFUSED, or what kept the authenticator from finding out: AUTHENTICATOR_UNREACHABLE … */
  readonly fault: Fault
  /** What WWW-Authenticate says in place of the authenticator's own `challenge`: with the error. */
  readonly challenge: string | undefined
  /** The whole answer, where someone else gave it. Else one is made of the fault. */
  readonly reply: Reply | undefined

  constructor(fault: Fault, challenge?: string, reply?: Reply) {
    this.fault = fault
    this.challenge = challenge
    this.reply = reply
  }
}

/** Undefined: the request shows no credentials of this kind. */
export type Verdict = Identity | Refusal | undefined

/** Where credentials stand; services do not get what stands there. Lower case for headers. */
export interface Carriers {
  readonly headers?: readonly string[]
  readonly query?: readonly string[]
  /** One that ends in `*` stands for all that begin so. */
  readonly cookies?: readonly string[]
}

export interface Authenticator {
  /** Fails like any filter: what it throws is never taken for a yes. */
  authenticate(ex: Exchange): Awaitable<Verdict>
  /** What WWW-Authenticate asks callers for who show nothing (RFC 9110 §11.6.1): `Bearer realm="api"`. */
  readonly challenge?: string | undefined
  readonly carriers: Carriers
  /** Fields that it alone gives to services: clients' own are taken off, also where nobody is asked to log in. */
  readonly fields?: readonly string[]
  /** How a caller without credentials is asked for them, where that is not by 401: sent to a login page. */
  ask?(ex: Exchange): Awaitable<Reply | undefined>
  /** Answers what is asked of its own `paths`. */
  answer?(ex: Exchange): Awaitable<Reply>
}

/** How a route's caller is known, for what tells the service of it. */
export interface KnownBy {
  /** Of all authenticators of the route. */
  readonly carriers: Required<Carriers>
  /** Names that they alone may use, whoever calls. */
  readonly ownFields: readonly string[]
  /** Undefined: nobody knows who calls, and the route takes such calls. */
  readonly identity: Identity | undefined
  /** Asks a caller for credentials who showed none. */
  invite(ex: Exchange): Awaitable<Reply>
}

export const KNOWN_BY = new Slot<KnownBy>('knownBy')

/** What an authenticator may ask of the gateway. */
export interface AuthenticatorHost {
  readonly clock: Clock
  readonly log: Log
  /** As the configuration calls it. */
  readonly name: string
  /** '' where there are none. */
  readonly stage: string
  readonly consumers: Consumers
  readonly errands: Errands
  /** A service that `references` named: the way for what is asked for each request. */
  service(this: void, name: string): Service
  /**
   * What outlives a configuration in which this authenticator stays as it is: keys, caches. Made when it is not there
   * yet; closed when no configuration has it any more. `what` tells it from others of the same authenticator.
   */
  keep<T extends object>(this: void, what: string, make: () => T): T
  /** True the first time that anyone of this gateway says this word within the time; false when it was said before. */
  isFirst(this: void, word: string, forMs: number): Awaitable<boolean>
  /** A key for what clients keep for us, from a secret of this process and the authenticator's name; the same in all workers. */
  processKey(this: void, purpose: string): Buffer
}

export interface AuthenticatorDefinition<
  Options extends z.ZodType = z.ZodType,
  Name extends string = string,
> {
  /** What tells it from an endpoint, among what a plugin brings; `defineAuthenticator` says it. */
  readonly kind: 'authenticator'
  /** Its key below the authenticator's name. */
  readonly name: Name
  readonly summary: string
  readonly options: Options
  /** Members, at any depth, that are secrets: never written in the file itself. */
  readonly secrets?: readonly string[]
  /** Members that hold a path; `options` and `create` see what the file holds. */
  readonly files?: readonly string[]
  readonly references?: (options: z.output<Options>) => readonly Reference[]
  /** What is wrong with options that the schema takes; `files` are read by then. `at`: the member it is about. */
  readonly check?: (
    options: z.output<Options>,
  ) => readonly { readonly at?: string; readonly message: string }[]
  /** Paths that it answers itself, on every host and listener of the routes that use it: a login's callback. */
  readonly paths?: (options: z.output<Options>) => readonly string[]
  /** What fails here closes the routes that use it: they answer 503. */
  readonly create: (options: z.output<Options>, host: AuthenticatorHost) => Authenticator
}

export function defineAuthenticator<Options extends z.ZodType, const Name extends string>(
  definition: Omit<AuthenticatorDefinition<Options, Name>, 'kind'>,
): AuthenticatorDefinition<Options, Name> {
  return { ...definition, kind: 'authenticator' }
}
