/** Keeps the workers alive and of one mind: a configuration is in force in all of them or in none. */

import { EventEmitter, once } from 'node:events'
import type { Parcel } from '#compile/parcel'
import type { ListenerConfig } from '#config/config'
import type { TargetsByService } from '#services/registry'
import type { SharedWithWorkers } from '#services/call-states'
import { freeSeat } from '#services/concurrency'
import type { Clock } from '#base/clock'
import type { Errand, ErrandAnswer } from '#sdk/errands'
import { FAULTS } from '#sdk/fault'
import type { Counters } from '#telemetry/counters'
import type { WorkerLog } from '#telemetry/line-ring'
import { CounterSum } from '#workers/counter-sum'
import { News } from '#workers/news'
import { WorkerHandle } from '#workers/worker-handle'

export interface Orders {
  readonly parcel: Parcel
  readonly targets: TargetsByService
  readonly consumers: SharedArrayBuffer
  readonly listeners: readonly ListenerConfig[]
  readonly logsAccess: boolean
  /** Absolute paths. */
  readonly plugins: readonly string[]
  /** Changes when the code in the plugins' files does: workers cannot forget code, so they are replaced. */
  readonly code: string
}

export interface SupervisorOptions {
  readonly workers: number
  readonly clock: Clock
  readonly shared: Omit<SharedWithWorkers, 'seat'>
  /** Takes what workers say, from their beginning to their end. */
  readonly logs: { add(log: WorkerLog): void; remove(log: WorkerLog): void }
  onErrand(errand: Errand): Promise<ErrandAnswer>
  /** A worker is gone, and what it held of shared memory is nobody's: by its seat. */
  onGone(seat: number): void
  /** A worker died, and why; another takes its place. */
  onDeath(index: number, why: string, lastRoute: string): void
}

/** How often the heartbeats are looked at, and how many looks without a beat make a worker dead. */
const LOOK_MS = 500
const MAX_SILENT_LOOKS = 10
/** A worker that dies at once again and again is started this much later each time, up to the most. */
const RESTART_STEP_MS = 100
const MAX_RESTART_MS = 5_000

export class Supervisor extends EventEmitter {
  readonly #options: SupervisorOptions
  readonly #handles: WorkerHandle[] = []
  /** Those that do not serve yet, or serve their last, among them. */
  readonly #living = new Set<WorkerHandle>()
  readonly #sum = new CounterSum(Object.keys(FAULTS))
  #orders: Orders | undefined = undefined
  readonly news = new News(this.#living)
  #look: NodeJS.Timeout | undefined = undefined
  #deathsInARow = 0
  #leaving = false

  constructor(options: SupervisorOptions) {
    super()
    this.#options = options
  }

  get counters(): Counters {
    return this.#sum.read(this.#handles.map(({ counters }) => counters))
  }

  /** Ports by listener name. */
  get ports(): Readonly<Record<string, number>> {
    return this.#handles[0]?.ports ?? {}
  }

  get isReady(): boolean {
    return !this.#leaving && this.#handles.some(({ using }) => using)
  }

  /** First call: starts the workers. Later ones: all of them change over, or none does and the reason is thrown. */
  async apply(orders: Orders): Promise<void> {
    const before = this.#orders
    if (before !== undefined && before.code !== orders.code) {
      await this.#replaceAll(orders)
      return
    }
    if (before === undefined) {
      for (let i = 0; i < this.#options.workers; i++) this.#handles.push(this.#spawn(i, orders))
      this.#look = setInterval(() => this.#lookAtHeartbeats(), LOOK_MS)
    }
    try {
      await Promise.all(this.#handles.map((handle) => handle.prepare(orders.parcel)))
    } catch (refusal) {
      for (const handle of this.#handles) handle.discard(orders.parcel.generation)
      if (before === undefined) await this.#endAll()
      throw refusal
    }
    this.#orders = orders
    this.news.setTargets(orders.targets)
    this.news.setConsumers(orders.consumers)
    await Promise.all(this.#handles.map((handle) => handle.use(orders)))
  }

  /** Replies end their connections from here on; the ports stay open. */
  drain(): void {
    this.#leaving = true
    for (const handle of this.#handles) handle.post({ kind: 'drain' })
  }

  /** Closes the ports, waits for what is in progress until the deadline, cuts the rest; returns how many exchanges that broke. */
  async leave(deadlineMs: number): Promise<number> {
    this.#leaving = true
    clearInterval(this.#look)
    const until = this.#options.clock.now() + deadlineMs
    await Promise.all(this.#handles.map((handle) => handle.ask({ kind: 'close' }, 'closed')))
    while (this.#openNow() > 0 && this.#options.clock.now() < until) {
      await new Promise((resolve) => void setTimeout(resolve, LEAVE_POLL_MS))
    }
    const cuts = await Promise.all(
      this.#handles.map((handle) => handle.ask({ kind: 'cut' }, 'cut')),
    )
    await this.#endAll()
    return cuts.reduce((sum, cut) => sum + (cut?.kind === 'cut' ? cut.exchanges : 0), 0)
  }

  async #endAll(): Promise<void> {
    this.#leaving = true
    clearInterval(this.#look)
    await Promise.all(this.#handles.splice(0).map((handle) => handle.end()))
  }

  #openNow(): number {
    return this.#sum.openIn(this.#handles.map(({ counters }) => counters))
  }

  #spawn(index: number, { plugins }: Orders): WorkerHandle {
    const handle = new WorkerHandle(
      index,
      this.#options.workers,
      { ...this.#options.shared, seat: this.#freeSeat() },
      plugins,
      (errand) => this.#options.onErrand(errand),
      (why) => this.#onExit(handle, why),
    )
    this.#living.add(handle)
    this.#options.logs.add(handle.log)
    return handle
  }

  /** There is always one: see `#replaceAll`. */
  #freeSeat(): number {
    const taken = new Set([...this.#living].map(({ seat }) => seat))
    let seat = 0
    while (taken.has(seat)) seat++
    return seat
  }

  #onExit(handle: WorkerHandle, why: string): void {
    this.#living.delete(handle)
    const { calls, seats } = this.#options.shared
    freeSeat(calls.limits, { seat: handle.seat, seats })
    this.#options.onGone(handle.seat)
    this.#options.logs.remove(handle.log)
    const at = this.#handles.indexOf(handle)
    if (at < 0 || this.#leaving) return
    this.#sum.retire(handle.counters)
    this.#options.onDeath(handle.index, why, handle.heartbeat.route)
    const orders = this.#orders
    if (orders === undefined) return
    const successor = this.#spawn(handle.index, orders)
    this.#handles[at] = successor
    const waitMs = Math.min(this.#deathsInARow++ * RESTART_STEP_MS, MAX_RESTART_MS)
    setTimeout(() => void this.#settleIn(successor), waitMs)
  }

  /** Brings a new worker to what the others do. */
  async #settleIn(handle: WorkerHandle): Promise<void> {
    if (this.#leaving) return
    try {
      const orders = this.#orders!
      await handle.prepare(orders.parcel)
      this.news.tell(handle)
      await handle.use(orders)
      this.#deathsInARow = 0
      if (orders !== this.#orders) await this.#settleIn(handle) // a new configuration came meanwhile
      else this.emit('settled', handle.index)
    } catch (refusal) {
      handle.kill(`it could not be set up: ${String(refusal)}`)
    }
  }

  /** One after another: the new one serves before the old one leaves. */
  async #replaceAll(orders: Orders): Promise<void> {
    if (this.#living.size + this.#handles.length > this.#options.shared.seats)
      throw new Error('workers of earlier configurations are still leaving; try again in a while')
    const successors = this.#handles.map(({ index }) => this.#spawn(index, orders))
    try {
      await Promise.all(successors.map((handle) => handle.prepare(orders.parcel)))
    } catch (refusal) {
      await Promise.all(successors.map((handle) => handle.end()))
      throw refusal
    }
    this.#orders = orders
    this.news.setTargets(orders.targets)
    this.news.setConsumers(orders.consumers)
    for (const successor of successors) this.news.tell(successor)
    for (const [at, successor] of successors.entries()) {
      await successor.use(orders)
      const old = this.#handles[at]!
      this.#handles[at] = successor
      void this.#retire(old)
    }
  }

  async #retire(handle: WorkerHandle): Promise<void> {
    handle.post({ kind: 'drain' })
    await handle.ask({ kind: 'close' }, 'closed')
    const until = this.#options.clock.now() + MAX_RETIRE_MS
    while (this.#sum.openIn([handle.counters]) > 0 && this.#options.clock.now() < until) {
      await new Promise((resolve) => void setTimeout(resolve, LEAVE_POLL_MS))
    }
    await handle.ask({ kind: 'cut' }, 'cut')
    await handle.end()
    this.#sum.retire(handle.counters)
  }

  #lookAtHeartbeats(): void {
    for (const handle of this.#handles) {
      if (handle.silentLooks() >= MAX_SILENT_LOOKS) handle.kill('it did not give a sign of life')
    }
  }

  /** When a worker that replaced a dead one serves. */
  async whenSettled(): Promise<void> {
    await once(this, 'settled')
  }
}

const LEAVE_POLL_MS = 20
const MAX_RETIRE_MS = 30_000
