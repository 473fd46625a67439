/** Paths that authenticators answer themselves, where routes use them: a login's callback. */

import { getOrPut } from '#base/get-or-put'
import type { RouteRule } from '#routing/match'
import { createRouterBuilder, type RouterBuilder } from '#routing/router-builder'
import {
  authenticatorFor,
  authenticatorsOf,
  type CompiledAuthenticators,
} from './authenticators.ts'
import type { GatewayConfig, RouteConfig } from './config.ts'
import type { Known } from './known.ts'
import type { Report } from './report.ts'
import { rulesOf } from './router-rules.ts'
import type { CompiledRoute } from './routes.ts'

export interface OwnPath {
  /** The authenticator. */
  readonly name: string
  readonly stage: string | undefined
  readonly rule: RouteRule
}

/** On every host and listener of the routes that use one, and in their stage. */
export function ownPathsOf(
  routes: readonly RouteConfig[],
  authenticators: GatewayConfig['authenticators'],
  known: Known,
): OwnPath[] {
  const found = new Map<string, OwnPath>()
  for (const route of routes) {
    const { stage } = route
    const { hosts: host, listeners: listener } = route.match
    for (const name of authenticatorsOf(route, known.filters)) {
      const config = authenticatorFor(authenticators, name, stage)
      const definition = known.authenticators.find((one) => one.name === config?.kind)
      if (config === undefined || definition?.paths === undefined) continue
      for (const path of definition.paths(definition.options.parse(config.options))) {
        const rule = { name: `auth:${name}`, path, host, listener }
        getOrPut(found, JSON.stringify([name, stage, rule]), () => ({ name, stage, rule }))
      }
    }
  }
  return [...found.values()]
}

/** None of them is a route's, or another's. */
export function checkOwnPaths(
  routes: readonly CompiledRoute[],
  compiled: CompiledAuthenticators,
  ownPaths: readonly OwnPath[],
  report: Report,
): void {
  if (ownPaths.length === 0) return
  const byStage = new Map<string | undefined, RouterBuilder<object>>()
  const builderOf = (stage: string | undefined) =>
    getOrPut(byStage, stage, () => createRouterBuilder<object>())
  for (const { config } of routes)
    for (const rule of rulesOf(config)) builderOf(config.stage).add(rule, config)
  const answerers = new Map<string, object>()
  for (const { name, stage, rule } of ownPaths) {
    const answerer = getOrPut(answerers, name, () => ({}))
    for (const { other } of builderOf(stage).add(rule, answerer)) {
      const { written, definition } = authenticatorFor(compiled, name, stage)!
      const message = `found the path ${rule.path}, which is ${other}'s too, expected another in "paths"`
      report.complain(written, definition.name, message)
    }
  }
}
