/** Everything one configuration compiles to. Immutable, and replaced whole. */

import type { Pipeline } from '#proxy/pipeline'
import type { ProblemPages } from '#proxy/problem'
import type { Worlds } from '#routing/worlds'
import type { Filter } from '#sdk/filter'

export interface RouteProgram {
  readonly name: string
  /** Its path pattern, for logs, metrics and traces. */
  readonly pattern: string
  /** '' where there are none, as for `api` and `version`. */
  readonly stage: string
  readonly api: string
  readonly version: string
  /** Which of the counters of stages and versions count it; 0 for none. */
  readonly group: number
  /** The level of overload from which it is shed; see proxy/overload. */
  readonly priority: number
  /** Another one for every route that does otherwise; '' for what calls no service. */
  readonly form: string
  /** For its tunnels, when there is a bound to them. */
  readonly tunnelPlaces: TunnelPlaces | undefined
  /** It takes preflights for its methods. */
  readonly answersPreflights: boolean
  readonly pipeline: Pipeline
  readonly onFinish: readonly NonNullable<Filter['onFinish']>[]
}

/** Counted over all workers. */
export interface TunnelPlaces {
  take(most: number): boolean
  give(): void
}

export interface ProgramParts {
  /** Counts up with every configuration. */
  readonly generation: number
  readonly worlds: Worlds<RouteProgram>
  /** Where a request goes that no route matches, by stage; '' outside of all. */
  readonly fallbacks: ReadonlyMap<string, RouteProgram>
  /** Of its routes that call a service. */
  readonly forms: ReadonlySet<string>
  /** How long tunnels live on whose route is gone. */
  readonly drainMs: number
  readonly problems: ProblemPages
  /** How late the event loop may run before requests are shed. */
  readonly maxLagMs: number
  /** Gives back what it holds. */
  readonly close: () => void
}

export class Program {
  readonly generation: number
  readonly worlds: Worlds<RouteProgram>
  readonly #fallbacks: ReadonlyMap<string, RouteProgram>
  readonly forms: ReadonlySet<string>
  readonly drainMs: number
  readonly problems: ProblemPages
  readonly maxLagMs: number
  readonly #close: () => void
  #exchanges = 0
  #retired = false

  constructor({
    generation,
    worlds,
    fallbacks,
    forms,
    drainMs,
    problems,
    maxLagMs,
    close,
  }: ProgramParts) {
    this.generation = generation
    this.worlds = worlds
    this.#fallbacks = fallbacks
    this.forms = forms
    this.drainMs = drainMs
    this.problems = problems
    this.maxLagMs = maxLagMs
    this.#close = close
  }

  /** Where a request goes that no route of its stage matches. */
  fallback(stage = ''): RouteProgram {
    return this.#fallbacks.get(stage)!
  }

  /** An exchange keeps the program it began with. */
  begun(): void {
    this.#exchanges++
  }

  ended(): void {
    this.#exchanges--
    if (this.#retired && this.#exchanges === 0) this.#close()
  }

  /** Another has taken its place: it closes when its last exchange ends. */
  retire(): void {
    this.#retired = true
    if (this.#exchanges === 0) this.#close()
  }
}
