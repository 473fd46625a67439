/** The rules that are asked in one step: all pass and are charged, or one refuses and none is. */

import {
  type Awaitable,
  type Charge,
  type Counters,
  type Exchange,
  isPending,
  type Standing,
  type Store,
  StoreFailure,
} from '#sdk/index'
import type { Limiter } from './limiter.ts'

export interface Asked {
  readonly limiter: Limiter
  readonly charge: Charge
  /** Undefined where the store is gone and that means no limit. */
  readonly standing: Standing | undefined
  /** Where it was charged. */
  readonly counters: Counters
}

/** The store is gone, and a rule says that nobody passes then. */
export class Closed {
  readonly limiter: Limiter
  readonly cause: unknown

  constructor(limiter: Limiter, cause: unknown) {
    this.limiter = limiter
    this.cause = cause
  }
}

export type Verdict = readonly Asked[] | Closed

/** What a group needs of where it stands. */
export interface Ladder {
  /** Where gateways count for themselves when a store is gone. */
  readonly memory: Counters
  /** A store could not say. */
  failed(limiter: Limiter, cause: unknown): void
}

/** One rule after the other where they count in several stores; the usual case is one store, and one step. */
export function askAll(
  limiters: readonly Limiter[],
  ex: Exchange,
  now: number,
  ladder: Ladder,
): Awaitable<Verdict> {
  const [first] = limiters
  if (limiters.length === 1) return askOne(first!.store, limiters, ex, now, ladder)
  const byStore = new Map<Store, Limiter[]>()
  const shadows: (readonly [Store, readonly Limiter[]])[] = []
  for (const limiter of limiters) {
    const others = byStore.get(limiter.store)
    if (limiter.isShadow) shadows.push([limiter.store, [limiter]]) // it keeps nobody from being charged
    else if (others === undefined) byStore.set(limiter.store, [limiter])
    else others.push(limiter)
  }
  return askStores([...byStore, ...shadows], ex, now, ladder, [])
}

function askStores(
  stores: readonly (readonly [Store, readonly Limiter[]])[],
  ex: Exchange,
  now: number,
  ladder: Ladder,
  before: readonly Asked[],
): Awaitable<Verdict> {
  const [first, ...rest] = stores
  if (first === undefined) return before
  const goOn = (verdict: Verdict): Awaitable<Verdict> => {
    if (verdict instanceof Closed) {
      giveBack(before)
      return verdict
    }
    const all = before.length === 0 ? verdict : [...before, ...verdict]
    if (rest.length === 0 || verdict.some(isRefusal)) {
      // What stood in another store is charged already.
      if (before.length > 0 && verdict.some(isRefusal)) giveBack(before)
      return all
    }
    return askStores(rest, ex, now, ladder, all)
  }
  const verdict = askOne(...first, ex, now, ladder)
  return isPending(verdict) ? verdict.then(goOn) : goOn(verdict)
}

function askOne(
  store: Store,
  limiters: readonly Limiter[],
  ex: Exchange,
  now: number,
  ladder: Ladder,
): Awaitable<Verdict> {
  const charges = limiters.map((limiter) => limiter.chargeOf(ex, now))
  const asked = (standings: readonly Standing[]): readonly Asked[] =>
    limiters.map((limiter, n) => ({
      limiter,
      charge: charges[n]!,
      standing: standings[n],
      counters: store.counters,
    }))
  const failed = (thrown: unknown): Awaitable<Verdict> => {
    if (!(thrown instanceof StoreFailure)) throw thrown
    return descend(limiters, charges, store, ladder, thrown)
  }
  try {
    const standings = store.counters.consume(charges)
    return isPending(standings) ? standings.then(asked, failed) : asked(standings)
  } catch (thrown) {
    return failed(thrown)
  }
}

/** The store cannot say: each rule tells what that means. */
function descend(
  limiters: readonly Limiter[],
  charges: readonly Charge[],
  { gateways }: Store,
  ladder: Ladder,
  cause: unknown,
): Awaitable<Verdict> {
  for (const limiter of limiters) ladder.failed(limiter, cause)
  const closed = limiters.find(
    ({ rule, isShadow }) => rule.onStoreFailure === 'closed' && !isShadow,
  )
  if (closed !== undefined) return new Closed(closed, cause)
  const counted = limiters.flatMap((limiter, n) =>
    limiter.rule.onStoreFailure === 'localShare' ? [{ limiter, charge: charges[n]! }] : [],
  )
  if (counted.length === 0) return []
  const shares = counted.map(({ limiter, charge }) => limiter.shareOf(charge, gateways?.() ?? 1))
  const asked = (standings: readonly Standing[]): readonly Asked[] =>
    counted.map(({ limiter }, n) => ({
      limiter,
      charge: shares[n]!,
      standing: standings[n],
      counters: ladder.memory,
    }))
  const standings = ladder.memory.consume(shares)
  return isPending(standings) ? standings.then(asked) : asked(standings)
}

export function isRefusal({ limiter, standing }: Asked): boolean {
  return standing?.passes === false && !limiter.isShadow
}

/** They were charged for nothing. */
export function giveBack(asked: readonly Asked[]): void {
  for (const { charge, counters, standing } of asked)
    if (standing?.passes === true && charge.cost > 0) spend(counters, charge, -charge.cost)
}

/** Afterwards: what is lost there is lost. */
export function spend(counters: Counters, { key, rate }: Charge, cost: number): void {
  try {
    const done = counters.consume([{ key, rate, cost, isSpent: true }])
    if (isPending(done)) done.then(undefined, () => {})
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown
  }
}
