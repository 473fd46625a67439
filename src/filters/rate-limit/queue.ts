/** Calls that wait a little for their turn, in place of being refused. */

import type { Exchange, Fault } from '#sdk/index'
import { type Asked, isRefusal } from './group.ts'
import type { Limiter } from './limiter.ts'

export class Queue {
  readonly #waiting = new Map<Limiter, number>()

  /** How long to wait, when every rule that refuses lets calls wait so long and has room for one more. */
  waitFor(asked: readonly Asked[], spentMs: number): number | undefined {
    let waitMs = 0
    for (const one of asked) {
      if (!isRefusal(one)) continue
      const { queue } = one.limiter.rule
      const { retryMs } = one.standing!
      if (queue === undefined || spentMs + retryMs > queue.wait) return undefined
      if ((this.#waiting.get(one.limiter) ?? 0) >= queue.max) return undefined
      waitMs = Math.max(waitMs, retryMs)
    }
    return waitMs
  }

  /** Resolves when the time is over, or the client gone. */
  async wait(ex: Exchange, asked: readonly Asked[], waitMs: number): Promise<void> {
    const limiters = asked.filter(isRefusal).map(({ limiter }) => limiter)
    for (const limiter of limiters) this.#add(limiter, 1)
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, Math.ceil(waitMs))
        ex.onGone({
          stop(fault: Fault) {
            clearTimeout(timer)
            reject(fault)
          },
        })
      })
    } finally {
      for (const limiter of limiters) this.#add(limiter, -1)
    }
  }

  #add(limiter: Limiter, count: number): void {
    this.#waiting.set(limiter, (this.#waiting.get(limiter) ?? 0) + count)
  }
}
