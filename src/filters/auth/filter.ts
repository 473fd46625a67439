/** `auth`: who calls? One of several authenticators knows, or all of them must; else nothing passes. */

import {
  type Authenticator,
  type Awaitable,
  type Consumer,
  defineFilter,
  type Exchange,
  Identity,
  isPending,
  KNOWN_BY,
  oneOrMore,
  type Reply,
  type Verdict,
  z,
} from '#sdk/index'
import { askAll, askAny, type Found } from './ask.ts'
import { carriersOf } from './carriers.ts'
import { refuse } from './refuse.ts'

const name = () =>
  z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: 'expected the name of an authenticator' })

const long = z
  .strictObject({
    any: oneOrMore(name()).default([]).describe('One of these must know the caller'),
    all: oneOrMore(name()).default([]).describe('Each of these must; the first says who it is'),
    anonymous: z
      .boolean()
      .prefault(false)
      .describe('Calls without credentials pass, unknown; wrong ones are refused all the same'),
  })
  .refine(({ any, all }) => any.length + all.length > 0, {
    error: 'expected the name of an authenticator, in "any" or in "all"',
  })

export const auth = defineFilter({
  name: 'auth',
  summary: 'Who calls: one authenticator, any of several, or all of them; false is everybody',
  phase: 'authenticate',
  protects: true,
  implies: ['identity', 'rateLimit'],

  options: z.union([oneOrMore(name()).transform((any) => long.parse({ any })), long]),
  authenticators: ({ any, all }) => [...all, ...any],

  create({ any, all, anonymous }, host) {
    const each = all.map((one) => host.authenticator(one))
    const choice = any.map((one) => host.authenticator(one))
    const authenticators = [...each, ...choice]
    const carriers = carriersOf(authenticators)
    const ownFields = authenticators.flatMap(({ fields = [] }) => fields)
    const ask = finder(each, choice)
    const flags = new Map(
      host.plans.flatMap(({ name: plan, features }) =>
        features.length > 0 ? [[plan, features]] : [],
      ),
    )
    const withFeatures = (consumer: Consumer | undefined): Consumer | undefined => {
      const features = consumer?.plan === undefined ? undefined : flags.get(consumer.plan)
      return consumer !== undefined && features !== undefined ? { ...consumer, features } : consumer
    }

    const invite = (ex: Exchange): Awaitable<Reply> => refuse(ex, [], authenticators)

    const settle = (ex: Exchange, found: Found): Awaitable<Reply | void> => {
      const isKnown = found instanceof Identity
      if (!isKnown && !(anonymous && found.length === 0)) return refuse(ex, found, authenticators)
      const identity = isKnown ? found : undefined
      ex.consumer = withFeatures(identity?.consumer)
      ex.claims = identity?.claims
      ex.scopes = identity?.scopes
      ex.credential = identity?.credential ?? ''
      ex.set(KNOWN_BY, { carriers, ownFields, identity, invite })
      return undefined
    }

    return {
      onRequest(ex) {
        const found = ask(ex)
        return isPending(found) ? found.then((late) => settle(ex, late)) : settle(ex, found)
      },
      onReply(ex, reply) {
        ex.get(KNOWN_BY)?.identity?.onReply?.(reply)
      },
    }
  },
})

function finder(
  all: readonly Authenticator[],
  any: readonly Authenticator[],
): (ex: Exchange) => Awaitable<Found> {
  if (all.length === 0) return (ex) => askAny(any, ex)
  return any.length === 0
    ? (ex) => askAll(all, ex)
    : (ex) =>
        askAll([...all, { carriers: {}, authenticate: (one) => verdictOf(askAny(any, one)) }], ex)
}

/** Of a choice, as one authenticator would give it. */
function verdictOf(found: Awaitable<Found>): Awaitable<Verdict> {
  return isPending(found) ? found.then(oneOf) : oneOf(found)
}

function oneOf(found: Found): Verdict {
  return found instanceof Identity ? found : found[0]
}
