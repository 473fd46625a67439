/** The names of routes: the author's, else made of method, host and path. */

import type { RouteMatch } from './config.ts'

/** Unique and stable: the same file gives the same names, whatever else is in it, but for `#2` and the like. */
export class RouteNames {
  readonly #uses = new Map<string, number>()

  /** `version`: of the API, where the path does not tell it. */
  make({ methods, hosts, paths }: RouteMatch, version?: string): string {
    const host = hosts?.[0] === undefined ? '' : hosts[0] + more(hosts)
    const told = version === undefined ? '' : ` ${version}`
    const name = `${methods ? `${methods.join(',')} ` : ''}${host}${paths[0] ?? '/'}${more(paths)}${told}`
    const uses = (this.#uses.get(name) ?? 0) + 1
    this.#uses.set(name, uses)
    return uses === 1 ? name : `${name} #${uses}`
  }
}

function more(list: readonly unknown[]): string {
  return list.length > 1 ? `,+${list.length - 1}` : ''
}
