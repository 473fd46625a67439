/** How many gateways count in a store: each says now and then that it is there. */

import type { Line } from './line.ts'
import { PRESENT } from './script.ts'

const BEAT_MS = 3_000
/** Who has not been heard of for so long is gone. */
const GONE_MS = 3 * BEAT_MS

export class Gateways {
  readonly #line: Line
  readonly #key: string
  readonly #own: string
  readonly #timer: NodeJS.Timeout
  #count = 1

  /** `own`: what all workers of this gateway call it. */
  constructor(line: Line, prefix: string, own: string) {
    this.#line = line
    this.#key = `${prefix}:gateways`
    this.#own = own
    this.#timer = setInterval(() => void this.beat(), BEAT_MS)
    this.#timer.unref()
  }

  /** As of the last time that the store could say. */
  get count(): number {
    return this.#count
  }

  async beat(): Promise<void> {
    try {
      const count = await this.#line.ask((commands) =>
        commands.eval(PRESENT, 1, this.#key, this.#own, GONE_MS),
      )
      if (typeof count === 'number' && count >= 1) this.#count = count
    } catch {
      // It is known as it was.
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
