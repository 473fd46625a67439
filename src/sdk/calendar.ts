/** Days, weeks and months as a calendar in a time zone has them: with months of their own lengths, and days of 23 and 25 hours. */

export type CalendarUnit = 'day' | 'week' | 'month'

/** Milliseconds since 1970 (UTC). */
export interface Span {
  readonly startsAt: number
  readonly endsAt: number
}

export class Calendar {
  readonly #unit: CalendarUnit
  readonly #format: Intl.DateTimeFormat
  #span: Span = { startsAt: 0, endsAt: 0 }

  /** Fails with a RangeError when there is no such zone. */
  constructor(unit: CalendarUnit, timeZone: string) {
    this.#unit = unit
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** The one that a moment is in. Weeks begin on Mondays (ISO 8601). */
  spanAt(now: number): Span {
    const { startsAt, endsAt } = this.#span
    if (now < startsAt || now >= endsAt) this.#span = this.#find(now)
    return this.#span
  }

  #find(now: number): Span {
    const day = Math.floor((now + this.#offsetAt(now)) / DAY_MS) // of the zone, counted from 1970
    const date = new Date(day * DAY_MS)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    const monday = day - ((date.getUTCDay() + 6) % 7)
    switch (this.#unit) {
      case 'day':
        return this.#between(day * DAY_MS, (day + 1) * DAY_MS)
      case 'week':
        return this.#between(monday * DAY_MS, (monday + 7) * DAY_MS)
      case 'month':
        return this.#between(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1))
    }
  }

  /** Of midnights as the zone's clocks show them. */
  #between(from: number, to: number): Span {
    return { startsAt: this.#instantOf(from), endsAt: this.#instantOf(to) }
  }

  /** When the zone's clocks first show that time; where they skip it, when they do. */
  #instantOf(shown: number): number {
    const guess = shown - this.#offsetAt(shown)
    const guesses = [guess, shown - this.#offsetAt(guess), shown - this.#offsetAt(guess - DAY_MS)]
    const right = guesses.filter((instant) => instant + this.#offsetAt(instant) === shown)
    return right.length > 0 ? Math.min(...right) : Math.max(...guesses)
  }

  /** How far the zone's clocks are ahead. */
  #offsetAt(instant: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of this.#format.formatToParts(instant)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    const shown = Date.UTC(year, month - 1, day, hour, minute, second)
    return shown - Math.floor(instant / 1_000) * 1_000
  }
}

const DAY_MS = 86_400_000
