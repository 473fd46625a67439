/** Everything one configuration compiles to. Immutable, and replaced whole. */

import type { Pipeline } from '#proxy/pipeline'
import type { ProblemPages } from '#proxy/problem'
import type { Router } from '#routing/router'
import type { Filter } from '#sdk/filter'

export interface RouteProgram {
  readonly name: string
  /** Its path pattern, for logs, metrics and traces. */
  readonly pattern: string
  readonly pipeline: Pipeline
  readonly onFinish: readonly NonNullable<Filter['onFinish']>[]
}

export interface ProgramParts {
  /** Counts up with every configuration. */
  readonly generation: number
  readonly router: Router<RouteProgram>
  /** Where a request goes that no route matches. */
  readonly fallback: RouteProgram
  readonly problems: ProblemPages
  /** Gives back what it holds. */
  readonly close: () => void
}

export class Program {
  readonly generation: number
  readonly router: Router<RouteProgram>
  readonly fallback: RouteProgram
  readonly problems: ProblemPages
  readonly #close: () => void
  #exchanges = 0
  #retired = false

  constructor({ generation, router, fallback, problems, close }: ProgramParts) {
    this.generation = generation
    this.router = router
    this.fallback = fallback
    this.problems = problems
    this.#close = close
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
