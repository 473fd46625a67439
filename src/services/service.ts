/** A named group of targets, with the connections to them: whom to ask, and how each did. */

import type { Clock } from '#base/clock'
import type { TimerWheel } from '#base/timer-wheel'
import type { Exchange } from '#sdk/exchange'
import { Fault, type FaultCode } from '#sdk/fault'
import type { Balance } from '#services/balance/index'
import { less } from '#services/balance/least-requests'
import { Pool, type PoolEnvironment, type PoolLimits } from '#services/pool'
import { ReplyTimes } from '#services/reply-times'
import { Sticky, markOf } from '#services/sticky'
import { SlowStart } from '#services/slow-start'
import type { OutlierRules, TargetStates } from '#services/target-states'
import { type Checked, UpTargets, type Watch } from '#services/up-targets'
import { type ConnectionRules, connectionTo } from '#services/connection-to'
import { parseTarget, type TargetAddress } from '#services/target'

export interface TargetOptions {
  readonly url: string
  readonly weight: number
  readonly tier: number
  /** Of its state, which all threads share. */
  readonly slot: number
  /** What it is called in a Host field, when that is not what its URL says. */
  readonly authority?: string | undefined
}

export interface ServiceOptions extends ConnectionRules {
  readonly name: string
  /** What the log calls it: services of several stages share one. */
  readonly label: string
  /** `keep`: the client's Host; `target`: the target's own; or a name. */
  readonly host: string
  /** Tells the targets how many milliseconds they have left. */
  readonly deadlineHeader: string | undefined
  readonly balance: Balance
  /** Milliseconds until a target that is new, or came back, has its whole share; 0: it has it at once. */
  readonly slowStart: number
  /** Whether someone asks its targets how they are. */
  readonly isChecked: boolean
  /** Undefined: calls that fail eject nobody. */
  readonly outlier: OutlierRules | undefined
  readonly pool: PoolLimits
}

export class CallTarget implements Checked {
  readonly url: string
  /** What it is called in a Host field. */
  readonly authority: string
  /** All that it may call itself. */
  readonly authorities: readonly string[]
  readonly basePath: string
  readonly weight: number
  readonly tier: number
  readonly slot: number
  readonly pool: Pool
  /** Another one, when anything of it changes. */
  readonly key: string
  /** What stands for it in a cookie. */
  readonly mark: string

  constructor({ url, authority, basePath }: TargetAddress, options: TargetOptions, pool: Pool) {
    const { weight, tier, slot } = options
    this.tier = tier
    this.slot = slot
    this.url = url
    this.mark = markOf(url)
    this.authority = options.authority ?? authority
    this.authorities = [...new Set([this.authority, authority])]
    this.basePath = basePath
    this.weight = weight
    this.pool = pool
    this.key = JSON.stringify(options)
  }

  get load(): number {
    return this.pool.load
  }
}

export class PooledService {
  readonly name: string
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly deadlineHeader: string | undefined
  /** Undefined: nobody is brought back to a target. */
  readonly sticky: Sticky | undefined
  readonly #options: ServiceOptions
  readonly #environment: PoolEnvironment
  readonly #host: string
  /** Why there is nobody to ask. */
  lack: FaultCode = 'SERVICE_UNRESOLVED'
  readonly #states: TargetStates
  readonly #outlier: OutlierRules | undefined
  readonly #watch: Watch<CallTarget> | undefined
  readonly #slowStart: SlowStart<CallTarget> | undefined
  #targets: readonly CallTarget[] = []
  #replyTimes: ReplyTimes | undefined = undefined
  #slots: readonly number[] = []
  #up: UpTargets<CallTarget>

  /** It has no targets until they are set. */
  constructor(
    options: ServiceOptions,
    clock: Clock,
    environment: PoolEnvironment,
    states: TargetStates,
    processKey: Uint8Array,
  ) {
    this.name = options.label
    this.clock = clock
    this.wheel = environment.wheel
    this.deadlineHeader = options.deadlineHeader
    this.#host = options.host
    const { balance } = options
    if (typeof balance === 'object' && 'sticky' in balance)
      this.sticky = new Sticky(balance.sticky, options.name, processKey, clock)
    this.#options = options
    this.#environment = environment
    this.#states = states
    this.#outlier = options.outlier
    const isWatched = options.isChecked || options.outlier !== undefined
    this.#watch = isWatched
      ? { now: () => clock.shared(), isUp: ({ slot }, now) => states.isUp(slot, now) }
      : undefined
    const { slowStart } = options
    this.#slowStart = slowStart === 0 ? undefined : new SlowStart(slowStart, () => clock.now())
    this.#up = this.#upOf([])
  }

  /** From here on these are asked; undefined: they are not known yet. Those that stay keep their connections; calls of those that go may end. */
  setTargets(known: readonly TargetOptions[] | undefined): void {
    const targets = known ?? []
    this.lack = known === undefined ? 'SERVICE_UNRESOLVED' : 'NO_TARGET'
    const before = new Map(this.#targets.map((target) => [target.url, target]))
    this.#targets = targets.map((target) => this.#targetOf(target, before.get(target.url)))
    this.#slots = targets.map(({ slot }) => slot)
    this.#up = this.#upOf(this.#targets)
    // The first ones share from the beginning.
    if (before.size > 0)
      for (const target of targets) if (!before.has(target.url)) this.#slowStart?.begin(target)
    const stay = new Set(targets.map(({ url }) => url))
    for (const [url, { pool }] of before) {
      if (stay.has(url)) continue
      pool.close()
      this.#slowStart?.end(url)
    }
  }

  #targetOf(target: TargetOptions, before: CallTarget | undefined): CallTarget {
    if (before?.key === JSON.stringify(target)) return before
    const address = parseTarget(target.url)
    if (address === undefined) throw new Fault('INTERNAL', `${target.url} is no target`)
    const { pool } = this.#options
    return new CallTarget(
      address,
      target,
      before?.pool ??
        new Pool(connectionTo(address, this.#options, target.authority), pool, this.#environment),
    )
  }

  #upOf(targets: readonly CallTarget[]): UpTargets<CallTarget> {
    return new UpTargets(targets, this.#options.balance, this.#watch, this.#slowStart)
  }

  /**
   * Whom to ask: the one with this mark if it may be asked, and after `last` failed another if there is one; undefined when
   * there is none.
   */
  pick(ex: Exchange, last: CallTarget | undefined, mark?: string): CallTarget | undefined {
    if (last === undefined)
      return this.#up.pick(ex, mark === undefined ? undefined : (target) => target.mark === mark)
    // A second try takes no turn: else with two targets the one that fails would be everyone's first.
    const others = this.#up.chosen.filter((target) => target !== last)
    return others.length === 0 ? this.#up.chosen[0] : others.reduce(less)
  }

  /** Kept from when someone asks for them first. */
  replyTimes(): ReplyTimes {
    return (this.#replyTimes ??= new ReplyTimes())
  }

  /** Whether the target did well: not when a client left, or when all connections were taken. */
  report({ slot }: CallTarget, isWell: boolean): void {
    if (this.#outlier === undefined) return
    const now = this.clock.shared()
    if (isWell) this.#states.succeeded(slot, this.#outlier, now)
    else this.#states.failed(slot, this.#slots, this.#outlier, now)
  }

  hostFor(ex: Exchange, target: CallTarget): string {
    if (this.#host === 'keep') return ex.request.authority
    return this.#host === 'target' ? target.authority : this.#host
  }

  close(): void {
    for (const { pool } of this.#targets) pool.close()
  }
}
