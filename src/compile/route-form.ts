/** What tells one compiled route from another: two of the same form do the same, whatever else the file says. */

import { hash } from 'node:crypto'
import type { RouteSetting } from '#compile/route'
import { authenticatorsOf } from '#config/authenticators'
import type { RouteConfig } from '#config/config'
import type { Reference } from '#sdk/destination'

/** `called`: the services that its endpoint names. Where it stands in which file is no part of it. */
export function routeForm(
  route: RouteConfig,
  called: readonly Reference[],
  { bound, authenticators, known }: RouteSetting,
): string {
  const rules = called.map((one) =>
    bound.rulesOf(one.kind === 'service' ? one.name : one.url, route.stage),
  )
  const names = authenticatorsOf(route, known.filters)
  const knowing = names.map((name) => authenticators.formOf(name, route.stage ?? ''))
  return hash('sha1', JSON.stringify([{ ...route, source: undefined }, rules, knowing]), 'base64')
}
