/** Groups of routes that are counted by themselves: those of each stage, and of each version of an API in it. */

import type { RouteConfig } from '#config/config'
import { MAX_GROUPS } from '#telemetry/counters'

export interface Group {
  readonly stage: string
  readonly api: string
  readonly version: string
}

/** '' for what belongs to none. */
export function groupKey({ stage = '', api }: Pick<RouteConfig, 'stage' | 'api'>): string {
  const { name = '', version = '' } = api?.version === undefined ? {} : api
  return stage === '' && version === '' ? '' : JSON.stringify([stage, name, version])
}

/** The numbers of groups: one that was counted once keeps its own for as long as the process lives. */
export class Groups {
  readonly #numbers = new Map<string, number>()

  /** For a configuration that may come into force. What finds no number any more is not counted. */
  of(routes: readonly RouteConfig[]): Readonly<Record<string, number>> {
    const stages = new Set(routes.map(({ stage }) => stage))
    const keys = [
      ...[...stages].map((stage) => groupKey({ stage: stage! })),
      ...routes.map(groupKey),
    ]
    return Object.fromEntries(
      [...new Set(keys)].flatMap((key) => {
        const number = key === '' ? undefined : this.#numberOf(key)
        return number === undefined ? [] : [[key, number]]
      }),
    )
  }

  *all(): IterableIterator<Group & { readonly number: number }> {
    for (const [key, number] of this.#numbers) {
      const [stage, api, version] = JSON.parse(key) as [string, string, string]
      yield { stage, api, version, number }
    }
  }

  #numberOf(key: string): number | undefined {
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1
    if (number > MAX_GROUPS) return undefined
    this.#numbers.set(key, number)
    return number
  }
}
