/** `slowStart`: a target that is new, or came back, gets its share of calls bit by bit. */

import { Random } from '#services/balance/random'
import type { Balanced } from '#services/balance/balancer'

/** Of its share, what it gets at once. */
const FIRST_SHARE = 0.1

export class SlowStart<T extends Balanced> {
  readonly #ms: number
  readonly #now: () => number
  /** Of those that have not their whole share yet: since when they are there. */
  readonly #since = new Map<string, number>()

  /** `ms`: until a target has its whole share. */
  constructor(ms: number, now: () => number) {
    this.#ms = ms
    this.#now = now
  }

  begin({ url }: { readonly url: string }): void {
    this.#since.set(url, this.#now())
  }

  /** It is not there any more. */
  end(url: string): void {
    this.#since.delete(url)
  }

  /** The target that was picked, or, when it is too soon for it, one of the others. */
  instead(picked: T, all: readonly T[]): T {
    if (this.#since.size === 0) return picked
    const since = this.#since.get(picked.url)
    if (since === undefined) return picked
    const share = Math.max(FIRST_SHARE, (this.#now() - since) / this.#ms)
    if (share >= 1) this.#since.delete(picked.url)
    if (share >= 1 || Math.random() < share) return picked
    return new Random(all.filter((target) => target !== picked)).pick() ?? picked
  }
}
