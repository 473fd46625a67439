/** What tells one compiled route from another: two of the same form do the same, whatever else the file says. */

import { hash } from 'node:crypto'
import type { BoundServices } from '#compile/bound-services'
import type { RouteConfig } from '#config/config'
import type { Reference } from '#sdk/destination'

/** `called`: the services that its endpoint names. Where it stands in which file is no part of it. */
export function routeForm(
  route: RouteConfig,
  called: readonly Reference[],
  bound: BoundServices,
): string {
  const rules = called.map((one) =>
    bound.rulesOf(one.kind === 'service' ? one.name : one.url, route.stage),
  )
  return hash('sha1', JSON.stringify([{ ...route, source: undefined }, rules]), 'base64')
}
