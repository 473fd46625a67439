/** Configuration in, program out: the only bridge between the two planes. Built in slices, so that requests go on. */

import type { GatewayConfig } from '#config/config'
import { Authenticators } from '#compile/authenticators'
import { BoundServices } from '#compile/bound-services'
import { Kept } from '#compile/kept'
import { type Parcel, openBase, openRoutes } from '#compile/parcel'
import { answering, fallbackOf } from '#compile/own-route'
import { compileRoute, type RouteSetting } from '#compile/route'
import type { Site } from '#compile/site'
import { Stores } from '#compile/stores'
import { rulesOf } from '#config/router-rules'
import { DEFAULT_STORE } from '#config/stores'
import { DEFAULT_PROBLEMS, type ProblemPages } from '#proxy/problem'
import { Program, type RouteProgram } from '#proxy/program'
import { createRouterBuilder } from '#routing/router-builder'
import { StageTable } from '#routing/stage-table'
import { Worlds } from '#routing/worlds'
import type { Clock } from '#base/clock'
import type { Filter } from '#sdk/filter'

/** So long may building hold up requests at a time. */
const SLICE_MS = 2

/** Calls of one target wait for a connection in this number at most. */
const MAX_WAITING = 1_024
const POOLED_IDLE_MS = 60_000

/** Fails, with everything it made closed again, when any part of the configuration cannot be built. */
export async function buildProgram(parcel: Parcel, site: Site): Promise<Program> {
  const base = openBase(parcel)
  const { services, problems, slots, stages, groups, overload, drainMs } = base
  const held = new Map(
    Object.entries(services).map(([name, config]) => {
      const {
        timeout,
        tls,
        plaintext,
        host,
        connections,
        balance,
        outlier,
        deadlineHeader,
        slowStart,
      } = config
      const isChecked = config.health !== undefined
      const pool = {
        max: connections.max,
        maxIdle: connections.idle,
        idleMs: POOLED_IDLE_MS,
        maxWaiting: MAX_WAITING,
        maxWaitMs: timeout.connect,
      }
      return [
        name,
        site.services.acquire({
          name,
          label: config.name,
          host,
          deadlineHeader,
          balance,
          slowStart,
          outlier,
          isChecked,
          pool,
          tls,
          plaintext,
        }),
      ] as const
    }),
  )
  const filters: Filter[] = []
  const kept = new Kept(site.kept)
  const close = (): void => {
    for (const filter of filters) void filter.close?.()
    for (const hold of held.values()) hold.release()
    kept.release()
  }
  const bound = new BoundServices(
    new Map([...held].map(([name, { service }]) => [name, service])),
    services,
    slots,
    site,
  )
  const stores = new Stores(base.stores, parcel.memories, site.known, kept, site)
  const authenticators = new Authenticators(
    base.authenticators,
    bound,
    stores.of(DEFAULT_STORE),
    kept,
    site,
  )
  const { plans, unmatched } = base
  const setting: RouteSetting = {
    ...site,
    bound,
    slots,
    filters,
    groups,
    authenticators,
    stores,
    plans,
    unmatched,
  }
  try {
    const outside = createRouterBuilder<RouteProgram>(true)
    const byStage = new Map(
      stages.map(({ name }) => [name, createRouterBuilder<RouteProgram>(true)] as const),
    )
    const forms = new Set<string>()
    const slice = new Slice(site.clock)
    for (const text of parcel.routes) {
      for (const route of openRoutes(text)) {
        if (slice.isOver()) await slice.next()
        const program = compileRoute(route, setting)
        if (program.form !== '') forms.add(program.form)
        const router = route.stage === undefined ? outside : byStage.get(route.stage)!
        for (const rule of rulesOf(route)) router.add(rule, program)
      }
    }
    for (const { name, stage, rule } of base.ownPaths)
      (stage === undefined ? outside : byStage.get(stage)!).add(
        rule,
        answering(authenticators.of(name, stage ?? ''), rule.name, rule.path, stage, setting),
      )
    await stores.opened()
    await slice.next()
    const { generation } = parcel
    return new Program({
      generation,
      worlds: new Worlds(
        outside.build(),
        stages.length === 0 ? undefined : new StageTable(stages),
        new Map([...byStage].map(([name, router]) => [name, router.build()])),
      ),
      fallbacks: new Map(
        ['', ...byStage.keys()].map((stage) => [stage, fallbackOf(stage, setting)]),
      ),
      forms,
      drainMs,
      problems: pagesOf(problems),
      maxLagMs: overload === false ? Infinity : overload.maxLag,
      close,
    })
  } catch (thrown) {
    close()
    throw thrown
  }
}

function pagesOf({ type, html }: GatewayConfig['problems']): ProblemPages {
  return { typeBase: type ?? DEFAULT_PROBLEMS.typeBase, html: html ?? DEFAULT_PROBLEMS.html }
}

/** A turn's share of work. */
class Slice {
  readonly #clock: Clock
  #endsAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#endsAt = clock.now() + SLICE_MS
  }

  isOver(): boolean {
    return this.#clock.now() >= this.#endsAt
  }

  /** Lets requests have their turn. */
  async next(): Promise<void> {
    await new Promise((resolve) => void setImmediate(resolve))
    this.#endsAt = this.#clock.now() + SLICE_MS
  }
}
