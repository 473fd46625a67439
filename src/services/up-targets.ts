/** The targets of a service that may be asked now: what is up of the first tier that is up enough. */

import type { Exchange } from '#sdk/exchange'
import { type Balance, createBalancer } from '#services/balance/index'
import type { SlowStart } from '#services/slow-start'
import type { Balanced, Balancer } from '#services/balance/balancer'

export interface Checked extends Balanced {
  /** Asked only when too few of the tiers before are up. */
  readonly tier: number
}

/** Asked before each pick. */
export interface Watch<T> {
  now(): number
  isUp(target: T, now: number): boolean
}

/** With less than this share up, those that are would break under the rest's load: it may as well be the checks that fail. */
const PANIC_SHARE = 0.5

export class UpTargets<T extends Checked> {
  readonly #tiers: readonly (readonly T[])[]
  readonly #all: readonly T[]
  readonly #balance: Balance
  readonly #watch: Watch<T> | undefined
  readonly #slowStart: SlowStart<T> | undefined
  readonly #wereUp: boolean[]
  #chosen: readonly T[]
  #balancer: Balancer<T>

  /** Without a `watch` all are up for ever, and looking costs nothing. */
  constructor(
    targets: readonly T[],
    balance: Balance,
    watch: Watch<T> | undefined,
    slowStart?: SlowStart<T>,
  ) {
    this.#slowStart = slowStart
    this.#all = targets
    this.#balance = balance
    this.#watch = watch
    this.#wereUp = targets.map(() => true)
    const tiers = [...new Set(targets.map(({ tier }) => tier))].toSorted((a, b) => a - b)
    this.#tiers = tiers.map((tier) => targets.filter((target) => target.tier === tier))
    this.#chosen = this.#tiers[0] ?? []
    this.#balancer = createBalancer(balance, this.#chosen)
    if (watch !== undefined) this.#look(watch)
  }

  /** `isWanted`: who is taken before all others when it may be asked. */
  pick(ex: Exchange, isWanted?: (target: T) => boolean): T | undefined {
    if (this.#watch !== undefined) this.#look(this.#watch)
    const wanted = isWanted && this.#chosen.find(isWanted)
    if (wanted !== undefined) return wanted
    const picked = this.#balancer.pick(ex)
    if (picked === undefined || this.#slowStart === undefined) return picked
    return this.#slowStart.instead(picked, this.#chosen)
  }

  /** Those that `pick` picks from. */
  get chosen(): readonly T[] {
    return this.#chosen
  }

  #look(watch: Watch<T>): void {
    const now = watch.now()
    let hasChanged = false
    for (let i = 0; i < this.#all.length; i++) {
      const isUp = watch.isUp(this.#all[i]!, now)
      if (isUp === this.#wereUp[i]) continue
      this.#wereUp[i] = isUp
      if (isUp) this.#slowStart?.begin(this.#all[i]!)
      hasChanged = true
    }
    if (!hasChanged) return
    this.#chosen = this.#choose()
    this.#balancer = createBalancer(this.#balance, this.#chosen)
  }

  #choose(): readonly T[] {
    for (const tier of this.#tiers) {
      const up = tier.filter((target) => this.#wereUp[this.#all.indexOf(target)])
      if (up.length > 0 && up.length >= tier.length * PANIC_SHARE) return up
    }
    return this.#tiers[0] ?? []
  }
}
