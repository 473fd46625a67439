/** All copies of requests that a worker has under way: what came of them, and an end to them. */

import { Fault } from '#sdk/fault'
import type { MirrorOutcome } from '#sdk/mirror'
import type { DetachedExchange } from '#sdk/detached-exchange'

export class Mirrors {
  isStopped = false
  readonly count: (outcome: MirrorOutcome) => void
  readonly #underWay: DetachedExchange[] = [] // by index, swapped out

  constructor(count: (outcome: MirrorOutcome) => void) {
    this.count = count
  }

  add(copy: DetachedExchange): void {
    copy.index = this.#underWay.length
    this.#underWay.push(copy)
  }

  remove(copy: DetachedExchange): void {
    const last = this.#underWay.pop()!
    if (last === copy) return
    this.#underWay[copy.index] = last
    last.index = copy.index
  }

  /** The gateway leaves: none goes on, and none begins. */
  stop(): void {
    this.isStopped = true
    const fault = new Fault('DRAINING', 'copies of requests end with the gateway')
    for (const copy of this.#underWay.slice()) copy.stop(fault)
  }
}
