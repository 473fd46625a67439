/** The targets of one service, looked for again and again: what was found last holds until something better is. */

import type { Clock } from '#base/clock'
import { causesOf, type ErrorFields } from '#telemetry/error-log'
import type { Located } from './locate.ts'
import type { Found } from './source.ts'

/** An answer is taken to hold for no less, and a source is not asked more often. */
const LEAST_HOLD_MS = 1_000
const MOST_HOLD_MS = 300_000
/** Searches are not all made at the same moment: each waits up to this much of its time more. */
const JITTER = 0.1
/** After a failure; twice as long after each one more. */
const FIRST_RETRY_MS = 500
const MOST_RETRY_MS = 10_000

const MOST_PROBLEMS_KNOWN = 1_000
const MOST_NAMED = 10

export type Say = (level: 'info' | 'warn', message: string, fields: ErrorFields) => void

export interface SearchOptions {
  readonly clock: Clock
  /** Looks once. `wasWell`: the look before could be used. */
  readonly look: (wasWell: boolean) => Promise<Located>
  readonly onChange: () => void
  readonly say: Say
}

export class Search {
  readonly #options: SearchOptions
  #found: readonly Found[] | undefined = undefined
  #goodAt: number
  #failures = 0
  #failuresInARow = 0
  #cause = ''
  readonly #problems = new Set<string>()
  #timer: NodeJS.Timeout | undefined = undefined
  #isLooking = false
  #isWoken = false
  #isStopped = false
  /** When the first look is over, whatever came of it. */
  readonly first: Promise<void>

  constructor(options: SearchOptions) {
    this.#options = options
    this.#goodAt = options.clock.now()
    this.first = this.#look()
  }

  /** Undefined until something was. */
  get found(): readonly Found[] | undefined {
    return this.#found
  }

  /** Looks that found nothing. */
  get failures(): number {
    return this.#failures
  }

  /** Since the last good answer, or since the search began. */
  get ageMs(): number {
    return this.#options.clock.now() - this.#goodAt
  }

  /** Something may have changed. */
  wake(): void {
    this.#isWoken = true
    if (!this.#isLooking) this.#lookIn(0)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #lookIn(ms: number): void {
    if (this.#isStopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), ms)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    this.#isWoken = false
    const begunAt = this.#options.clock.now()
    let waitMs: number
    try {
      const { found, holdsMs, problems } = await this.#options.look(this.#failuresInARow === 0)
      if (this.#isStopped) return
      this.#succeed(found, problems)
      const tookMs = this.#options.clock.now() - begunAt
      waitMs = holdsMs === 0 ? Math.max(0, LEAST_HOLD_MS - tookMs) : untilStale(holdsMs)
    } catch (thrown) {
      if (this.#isStopped) return
      this.#fail(causesOf(thrown))
      waitMs = beforeRetry(this.#failuresInARow)
    }
    this.#isLooking = false
    this.#lookIn(this.#isWoken ? 0 : waitMs)
  }

  #succeed(found: readonly Found[], problems: readonly string[]): void {
    const { clock, say, onChange } = this.#options
    this.#goodAt = clock.now()
    if (this.#failuresInARow > 0) say('info', 'targets can be looked up again', {})
    this.#failuresInARow = 0
    this.#cause = ''
    this.#tellProblems(problems)
    if (JSON.stringify(found) === JSON.stringify(this.#found)) return
    say('info', 'the targets changed', changesOf(this.#found ?? [], found))
    this.#found = found
    onChange()
  }

  #fail(cause: string): void {
    this.#failures++
    this.#failuresInARow++
    if (cause === this.#cause) return // once is enough
    this.#cause = cause
    const message =
      this.#found === undefined
        ? 'targets could not be looked up: there are none yet'
        : 'targets could not be looked up: those found last stay'
    this.#options.say('warn', message, { cause })
  }

  #tellProblems(problems: readonly string[]): void {
    if (this.#problems.size > MOST_PROBLEMS_KNOWN) this.#problems.clear()
    for (const cause of problems) {
      if (this.#problems.has(cause)) continue
      this.#problems.add(cause)
      this.#options.say('warn', 'not all targets can be used', { cause })
    }
  }
}

function untilStale(holdsMs: number): number {
  const bounded = Math.min(Math.max(holdsMs, LEAST_HOLD_MS), MOST_HOLD_MS)
  return bounded * (1 + JITTER * Math.random())
}

function beforeRetry(failures: number): number {
  const ms = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MOST_RETRY_MS)
  return ms * (1 - 0.5 * Math.random())
}

function changesOf(before: readonly Found[], after: readonly Found[]) {
  return {
    targets: after.length,
    added: urlsOfThoseNotIn(before, after),
    removed: urlsOfThoseNotIn(after, before),
  }
}

function urlsOfThoseNotIn(known: readonly Found[], targets: readonly Found[]): string {
  const urls = new Set(known.map(({ url }) => url))
  const others = targets.flatMap(({ url }) => (urls.has(url) ? [] : url))
  const named = others.slice(0, MOST_NAMED).join(' ')
  return others.length > MOST_NAMED ? `${named} and ${others.length - MOST_NAMED} more` : named
}
