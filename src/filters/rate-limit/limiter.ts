/** One rule, made ready: what it charges, and what its store and its replies call it. */

import {
  Calendar,
  type Charge,
  type Exchange,
  type Expression,
  type LimitPolicy,
  type Rate,
  type Store,
} from '#sdk/index'
import { keyReader } from './keys.ts'
import type { Rule } from './options.ts'

/** A call that lasts longer than this without another of the same key is forgotten. */
const LEASE_MS = 3_600_000

export interface LimiterHost {
  readonly stage: string
  readonly route: string
  /** What answers: it costs nothing to ask for one's usage. */
  readonly endpoint: string
  store(name: string): Store
}

export class Limiter implements LimitPolicy {
  readonly rule: Rule
  readonly scope: string
  /** Of replies and logs. */
  readonly name: string
  readonly store: Store
  readonly limit: number
  /** Seconds; undefined for calls at once. */
  readonly windowS: number | undefined
  readonly isShadow: boolean
  readonly #prefix: string
  readonly #keyOf: (ex: Exchange) => string
  readonly #rate: Rate | undefined
  readonly #calendar: Calendar | undefined
  readonly #cost: number | Expression

  /** `number`: among the rules of its place. */
  constructor(rule: Rule, number: number, host: LimiterHost) {
    const scope = rule.scope === 'route' ? `route ${host.route}` : rule.scope
    const { limit, algorithm, timeZone } = rule
    this.rule = rule
    this.scope = rule.scope
    this.name = rule.name ?? `${scope.split(' ', 1)[0]!}${number === 0 ? '' : `-${number + 1}`}`
    this.store = host.store(rule.store)
    this.isShadow = rule.mode === 'shadow'
    this.#prefix = JSON.stringify([host.stage, scope, rule.name ?? number])
    this.#keyOf = keyReader(rule.by)
    this.#cost = host.endpoint === 'usage' ? 0 : rule.cost
    this.limit = typeof limit === 'object' ? limit.limit : Number(limit)
    this.windowS = typeof limit === 'object' ? Math.ceil(limit.periodMs / 1_000) : undefined
    const unit = typeof limit === 'object' && algorithm === 'fixedWindow' ? limit.unit : undefined
    this.#calendar = unit && new Calendar(unit, timeZone)
    this.#rate = unit === undefined ? rateOf(rule, 1) : undefined
  }

  /** What a call is charged before anything is known of its reply; `cost` in its place. */
  chargeOf(ex: Exchange, now: number, cost = this.costOf(ex)): Charge {
    const key = `${this.#prefix} ${this.#keyOf(ex)}`
    if (this.#rate !== undefined) return { key, rate: this.#rate, cost }
    const { startsAt, endsAt } = this.#calendar!.spanAt(now)
    return {
      key: `${key} ${startsAt}`,
      rate: { algorithm: 'calendar', limit: this.limit, endsAt },
      cost,
    }
  }

  /** For a gateway that counts for itself, while so many count as one. */
  shareOf({ key, cost, rate }: Charge, gateways: number): Charge {
    if (rate.algorithm !== 'calendar') return { key, cost, rate: rateOf(this.rule, gateways) }
    return { key, cost, rate: { ...rate, limit: Math.max(1, Math.ceil(rate.limit / gateways)) } }
  }

  /** Whether what it costs is known when the reply is out. */
  get isByReply(): boolean {
    return typeof this.#cost === 'object' && this.#cost.asksReply
  }

  /** Of calls under way: what is taken is given back. */
  get isHeld(): boolean {
    return this.rule.algorithm === 'concurrency'
  }

  /** What fails costs 1. */
  costOf(ex: Exchange): number {
    if (typeof this.#cost === 'number') return this.#cost
    return this.isByReply ? 1 : (costSaid(this.#cost.value(ex)) ?? 1)
  }

  /** By the reply, where that has the say; undefined when it says nothing of it. */
  trueCostOf(ex: Exchange): number | undefined {
    return costSaid((this.#cost as Expression).value(ex))
  }
}

function costSaid(value: unknown): number | undefined {
  const cost = typeof value === 'bigint' ? Number(value) : value
  return typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? cost : undefined
}

function rateOf({ limit, burst, algorithm }: Rule, share: number): Rate {
  const part = (whole: number): number => Math.max(1, Math.ceil(whole / share))
  if (typeof limit !== 'object')
    return { algorithm: 'concurrency', limit: part(Number(limit)), leaseMs: LEASE_MS }
  const { limit: most, periodMs } = limit
  if (algorithm === 'gcra')
    return { algorithm, limit: part(most), periodMs, burst: part(burst ?? most) }
  return {
    algorithm: algorithm === 'slidingWindow' ? algorithm : 'fixedWindow',
    limit: part(most),
    periodMs,
  }
}
