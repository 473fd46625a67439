/** The routers of all stages, and that of the hosts which are no stage's, as one. */

import type { Match, MatchInput } from './match.ts'
import type { Router } from './router.ts'
import type { Staged, StageTable } from './stage-table.ts'

export interface World<R> {
  /** Undefined: none. */
  readonly staged: Staged | undefined
  readonly router: Router<R>
  /** The host is nobody's. */
  readonly isStrange: boolean
}

export class Worlds<R> {
  readonly #table: StageTable | undefined
  /** Of what stands outside the stages; of everything, when there are none. */
  readonly #outside: Router<R>
  readonly #byStage: ReadonlyMap<string, Router<R>>
  readonly #plain: World<R>
  readonly #strange: World<R>

  constructor(
    outside: Router<R>,
    table?: StageTable,
    byStage: ReadonlyMap<string, Router<R>> = new Map(),
  ) {
    this.#table = table
    this.#outside = outside
    this.#byStage = byStage
    this.#plain = { staged: undefined, router: outside, isStrange: false }
    this.#strange = { ...this.#plain, isStrange: true }
  }

  /** Which world a request is for; what is left of its path is in `staged`. */
  find(host: string, path: string): World<R> {
    const table = this.#table
    if (table === undefined) return this.#plain
    const isOutside = this.#outside.hasHost(host)
    // A stage has its hosts for itself; one that has any leaves those that routes name to them.
    if (table.takesAnyHost ? isOutside : !table.has(host))
      return isOutside ? this.#plain : this.#strange
    const staged = table.find(host, path)
    const router = staged === undefined ? this.#outside : this.#byStage.get(staged.stage)
    return { staged, router: router ?? this.#outside, isStrange: false }
  }
}

const MISDIRECTED = { route: undefined, fault: 'MISDIRECTED' } as const

/** `input.path` is the one that the stage's routes know. */
export function matchIn<R>({ router, isStrange }: World<R>, input: MatchInput): Match<R> {
  return isStrange ? MISDIRECTED : router.match(input)
}
