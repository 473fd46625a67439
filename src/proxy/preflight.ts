/** A browser that asks whether it may ask: it is for the route that the request itself would be for. */

import type { RouteProgram } from '#proxy/program'
import type { Match, MatchInput } from '#routing/match'
import { matchIn, type World } from '#routing/worlds'

/** Undefined: it is no preflight (Fetch §3.2.2), or none that its route answers. */
export function matchPreflight(
  world: World<RouteProgram>,
  input: MatchInput,
): Match<RouteProgram> | undefined {
  if (input.method !== 'OPTIONS' || !input.headers.has('origin')) return undefined
  const method = input.headers.get('access-control-request-method')
  if (method === undefined) return undefined
  const { host, path, query, headers, listener } = input
  const match = matchIn(world, { method, host, path, query, headers, listener })
  return match.route?.answersPreflights === true ? match : undefined
}
