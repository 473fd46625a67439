/** `rateLimit`: how much may pass in what time, for whom. Rules by address are asked before credentials are, those by caller after. */

import {
  type Awaitable,
  defineFilter,
  type Exchange,
  type Filter,
  type Host,
  isPending,
  LIMITS_SEEN,
  readJson,
  type Reply,
  Slot,
} from '#sdk/index'
import { type Nearest, nearer, tellLimits } from './fields.ts'
import {
  type Asked,
  askAll,
  Closed,
  giveBack,
  isRefusal,
  type Ladder,
  spend,
  type Verdict,
} from './group.ts'
import { Limiter } from './limiter.ts'
import { isByCaller, mergeRules, options, type Rule, scoped } from './options.ts'
import { limitersOf, quotas } from './plans.ts'
import { closed, refusal } from './refuse.ts'
import { Queue } from './queue.ts'

/** What the parts of one route have found so far. */
interface Found {
  nearest: Nearest
  readonly all: Nearest[]
}

const FOUND = new Slot<Found>('rateLimit')

export const rateLimit = defineFilter({
  name: 'rateLimit',
  summary: 'How much may pass in what time, for whom',
  phase: 'limit',
  combine: 'adds',
  protects: true,
  ofUnmatched: true,
  options,
  merge: mergeRules,
  scope: (rules, from) => (rules as Rule[]).map((rule) => scoped(rule, from)),
  ofPlan: {
    rateLimit: options.describe('How much its consumers may send, on all routes together'),
    quota: quotas.describe('How much in a day, a week or a month of the calendar'),
  },
  stores: (rules) => (rules as Rule[]).map(({ store }) => store),

  parts: (rules) => {
    const held = (rules as Rule[]).filter(({ limit }) => limit !== false)
    return [
      { phase: 'shield', options: held.filter((rule) => !isByCaller(rule)) },
      { phase: 'limit', options: held.filter(isByCaller) },
    ]
  },

  create(given, host) {
    const rules = given as Rule[]
    const limiters = rules.map((rule, n) => new Limiter(rule, placeOf(rules, n), host))
    // Who calls is known in the second part alone.
    const plans =
      host.phase === 'limit'
        ? new Map(host.plans.map((plan) => [plan.name, limitersOf(plan, host)] as const))
        : new Map<string, Limiter[]>()
    const hasPlans = [...plans.values()].some((own) => own.length > 0)
    if (limiters.length === 0 && !hasPlans) return {}
    return new LimitFilter(limiters, plans, host)
  },
})

/** Its number among the rules of the same place. */
function placeOf(rules: readonly Rule[], n: number): number {
  return rules.slice(0, n).filter(({ scope }) => scope === rules[n]!.scope).length
}

class LimitFilter implements Filter {
  readonly #limiters: readonly Limiter[]
  readonly #plans: ReadonlyMap<string, readonly Limiter[]>
  readonly #host: Host
  readonly #ladder: Ladder
  readonly #queue = new Queue()
  readonly #asked = new Slot<readonly Asked[]>('rateLimitAsked')
  readonly #costs = new Slot<Map<Limiter, number>>('rateLimitCosts')

  constructor(
    limiters: readonly Limiter[],
    plans: ReadonlyMap<string, readonly Limiter[]>,
    host: Host,
  ) {
    this.#limiters = limiters
    this.#plans = plans
    this.#host = host
    this.#ladder = {
      memory: host.store('memory').counters,
      failed: (limiter, cause) => host.storeFailed(limiter.rule.store, cause),
    }
  }

  readonly onRequest = (ex: Exchange): Awaitable<Reply | void> => {
    const own = ex.consumer?.plan === undefined ? undefined : this.#plans.get(ex.consumer.plan)
    const limiters = own === undefined ? this.#limiters : [...this.#limiters, ...own]
    if (limiters.length === 0) return undefined
    return this.#ask(ex, limiters, 0)
  }

  #ask(ex: Exchange, limiters: readonly Limiter[], spentMs: number): Awaitable<Reply | void> {
    const verdict = askAll(limiters, ex, this.#host.clock.wall(), this.#ladder)
    return isPending(verdict)
      ? verdict.then((late) => this.#settle(ex, limiters, late, spentMs))
      : this.#settle(ex, limiters, verdict, spentMs)
  }

  #settle(
    ex: Exchange,
    limiters: readonly Limiter[],
    verdict: Verdict,
    spentMs: number,
  ): Awaitable<Reply | void> {
    if (verdict instanceof Closed) return closed(verdict)
    const refused = verdict.filter(isRefusal)
    if (refused.length > 0) {
      const waitMs = this.#queue.waitFor(verdict, spentMs)
      if (waitMs !== undefined)
        return this.#queue
          .wait(ex, verdict, waitMs)
          .then(() => this.#ask(ex, limiters, spentMs + waitMs))
    }
    this.#note(ex, verdict)
    if (refused.length > 0) {
      const reply = refusal(refused)
      tellOf(ex, reply)
      return reply
    }
    if (verdict.some(({ limiter }) => limiter.isByReply || limiter.isHeld)) {
      ex.set(this.#asked, verdict)
      // What is packed cannot be read as it passes.
      if (verdict.some(({ limiter }) => limiter.isByReply))
        (ex.forward.headers ??= ex.request.headers.copy()).delete('accept-encoding')
    }
    return undefined
  }

  #note(ex: Exchange, asked: readonly Asked[]): void {
    for (const { limiter, standing } of asked) {
      if (standing === undefined) continue
      if (limiter.isShadow) {
        if (!standing.passes) this.#host.wouldRefuse(ex, limiter.name)
        continue
      }
      const found = ex.get(FOUND)
      const one = { limiter, standing }
      if (found !== undefined) {
        found.nearest = nearer(found.nearest, one)
        found.all.push(one)
        continue
      }
      const all = [one]
      ex.set(FOUND, { nearest: one, all })
      if (this.#host.endpoint === 'usage') ex.set(LIMITS_SEEN, all)
    }
  }

  readonly onReply = (ex: Exchange, reply: Reply): void => {
    tellOf(ex, reply)
    const asked = ex.get(this.#asked)?.filter(({ limiter }) => limiter.isByReply) ?? []
    if (asked.length === 0) return
    const { status, headers } = reply
    const costs = new Map<Limiter, number>()
    ex.set(this.#costs, costs)
    const look = (json: unknown): void => {
      ex.replied = { status, headers, json }
      for (const { limiter } of asked) {
        const cost = limiter.trueCostOf(ex)
        if (cost !== undefined) costs.set(limiter, cost)
      }
    }
    look(undefined)
    readJson(reply, ex.limits.bufferBytes, look)
  }

  readonly onFinish = (ex: Exchange): void => {
    const costs = ex.get(this.#costs)
    for (const one of ex.get(this.#asked) ?? []) {
      if (one.standing?.passes !== true) continue
      if (one.limiter.isHeld) giveBack([one])
      else if (one.limiter.isByReply) {
        const more = (costs?.get(one.limiter) ?? one.charge.cost) - one.charge.cost
        if (more !== 0) spend(one.counters, one.charge, more)
      }
    }
  }
}

/** The outer part knows of the inner one's, too. */
function tellOf(ex: Exchange, reply: Reply): void {
  const found = ex.get(FOUND)
  if (found === undefined) return
  const seconds = found.nearest.standing.passes ? undefined : reply.fault?.retryAfterS
  tellLimits(reply.headers, found.nearest, found.all, seconds)
}
