/** Deadlines by the ten thousand for the price of one timer: moving one later costs an assignment. */

import type { Clock } from '#base/clock'

/** Something with a deadline. It belongs to at most one wheel. */
export class Timed {
  /** In the clock's milliseconds; `Infinity` is none. Set it through the wheel. */
  deadline = Infinity
  /** Where it hangs, and the tick at which it is looked at: used by the wheel alone. */
  slot = -1
  tick = 0
  previous: Timed | undefined = undefined
  next: Timed | undefined = undefined

  /** Called once when the deadline has passed, up to one tick late. */
  onDeadline(): void {}
}

/** A deadline that calls. */
export class Alarm extends Timed {
  readonly #ring: () => void

  constructor(ring: () => void) {
    super()
    this.#ring = ring
  }

  override onDeadline(): void {
    this.#ring()
  }
}

const SLOTS = 512

export class TimerWheel {
  readonly tickMs: number
  readonly #clock: Clock
  readonly #heads: (Timed | undefined)[] = Array.from<undefined>({ length: SLOTS }).fill(undefined)
  #turned: number
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock
    this.tickMs = tickMs
    this.#turned = Math.floor(clock.now() / tickMs)
  }

  now(): number {
    return this.#clock.now()
  }

  /** Turns by itself from here on; `onTick` is told of each turn before it. */
  run(onTick?: (now: number) => void): void {
    this.#timer ??= setInterval(() => {
      onTick?.(this.#clock.now())
      this.turn()
    }, this.tickMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** A deadline `ms` from now; `Infinity` or 0 for none. */
  setIn(timed: Timed, ms: number): void {
    this.setAt(timed, ms === 0 || ms === Infinity ? Infinity : this.#clock.now() + ms)
  }

  setAt(timed: Timed, deadline: number): void {
    timed.deadline = deadline
    // What is looked at early enough stays where it hangs, and is hung anew when its slot comes up.
    if (deadline === Infinity || (timed.slot >= 0 && timed.tick <= deadline / this.tickMs + 1))
      return
    this.#unhang(timed)
    this.#hang(timed)
  }

  remove(timed: Timed): void {
    timed.deadline = Infinity
    this.#unhang(timed)
  }

  /** Fires what has come due. */
  turn(): void {
    const now = this.#clock.now()
    const until = Math.floor(now / this.tickMs)
    const first = Math.max(this.#turned + 1, until - SLOTS + 1)
    for (let tick = first; tick <= until; tick++) {
      this.#turned = tick // so that nothing is hung back into the slot being emptied
      this.#fire(tick % SLOTS, now)
    }
  }

  #fire(slot: number, now: number): void {
    for (let timed = this.#heads[slot]; timed !== undefined; timed = this.#heads[slot]) {
      this.#unhang(timed)
      if (timed.deadline <= now) {
        timed.deadline = Infinity
        timed.onDeadline()
      } else if (timed.deadline !== Infinity) this.#hang(timed)
    }
  }

  #hang(timed: Timed): void {
    const tick = Math.max(this.#turned + 1, Math.floor(timed.deadline / this.tickMs) + 1)
    // What lies beyond one turn of the wheel waits in the farthest slot and is hung anew from there.
    timed.tick = Math.min(tick, this.#turned + SLOTS - 1)
    const slot = timed.tick % SLOTS
    const head = this.#heads[slot]
    timed.slot = slot
    timed.next = head
    timed.previous = undefined
    if (head !== undefined) head.previous = timed
    this.#heads[slot] = timed
  }

  #unhang(timed: Timed): void {
    if (timed.slot < 0) return
    if (timed.previous === undefined) this.#heads[timed.slot] = timed.next
    else timed.previous.next = timed.next
    if (timed.next !== undefined) timed.next.previous = timed.previous
    timed.slot = -1
    timed.previous = timed.next = undefined
  }
}
