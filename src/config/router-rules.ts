/** Routes as rules of the router, and what the router objects to as complaints. */

import { getOrPut } from '#base/get-or-put'
import { createRouterBuilder, type RouterBuilder } from '#routing/router-builder'
import type { RouteRule } from '#routing/match'
import type { Problem } from '#routing/complaint'
import type { RouteConfig } from './config.ts'
import { memberOf } from './origin.ts'
import { type Report, whereIs } from './report.ts'
import type { CompiledRoute } from './routes.ts'

/** One rule for each path. */
export function rulesOf({ name, match }: RouteConfig): RouteRule[] {
  const { listeners, hosts, paths, methods, headers, query, version } = match
  return paths.map((path) => ({
    name,
    listener: listeners,
    host: hosts,
    path,
    methods,
    headers,
    query,
    version,
  }))
}

/** Patterns that say nothing, and routes that match the same requests. */
export function checkRules(routes: readonly CompiledRoute[], report: Report): void {
  const byStage = new Map<string | undefined, RouterBuilder<CompiledRoute>>()
  const byName = new Map(routes.toReversed().map((route) => [route.config.name, route]))
  for (const route of routes) {
    const builder = getOrPut(byStage, route.config.stage, () => createRouterBuilder())
    const told = new Set<string>()
    for (const problem of rulesOf(route.config).flatMap((rule) => builder.add(rule, route))) {
      const message = wordsOf(problem, byName)
      // A host that is wrong is wrong for every path.
      if (!told.has(message)) complain(route, problem.at, message, report)
      told.add(message)
    }
  }
}

function wordsOf({ found, expected, other }: Problem, routes: Map<string, CompiledRoute>): string {
  const rival = other === undefined ? undefined : routes.get(other)
  const place = rival ? `; the other stands at ${whereIs(writtenOf(rival))}` : ''
  return `found ${found}, expected ${expected}${place}`
}

function complain(route: CompiledRoute, at: Problem['at'], message: string, report: Report): void {
  const written = writtenOf(route)
  const match = memberOf(written, 'match')
  const holder = typeof match === 'object' && match !== null ? match : written
  const key = at === 'rule' || memberOf(holder, at) === undefined ? undefined : at
  report.complain(key === undefined ? written : holder, key, message)
}

function writtenOf({ layers }: CompiledRoute): object {
  return layers.at(-1)!.written
}
